#pragma once

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <deque>
#include <functional>
#include <memory>

#include "src/io/loop.h"

namespace audit {

/// Conversations, each on its own loop, that wait to be told to look again. Not locked:
/// its owner's mutex guards it. A place belongs to who waits there and goes with it.
class Waiting {
 public:
  /// A place in the queue, taken under the owner's mutex and awaited without it.
  using Place = std::shared_ptr<io::Timer>;

  [[nodiscard]] Place take_place(io::Loop& loop) {
    auto place = std::make_shared<io::Timer>(loop, io::TimePoint::max());
    places_.push_back(place);
    return place;
  }

  /// Wakes all of them, or the first, and says whether there was one; wherever they are.
  void wake_all() {
    for (const auto& place : places_) wake(place.lock());
    places_.clear();
  }
  bool wake_one() {
    while (!places_.empty()) {
      const Place place = places_.front().lock();
      places_.pop_front();
      wake(place);
      if (place) return true;
    }
    return false;
  }

 private:
  static void wake(const Place& place) {
    if (!place) return;
    // A timer belongs to its loop, which may be another thread's.
    asio::post(place->get_executor(), [place] { place->cancel(); });
  }

  std::deque<std::weak_ptr<io::Timer>> places_;
};

/// Waits until woken. The caller is on the loop of the place.
[[nodiscard]] inline io::Task<void> woken(Waiting::Place place) {
  asio::error_code ignored;
  co_await place->async_wait(asio::redirect_error(io::kResume, ignored));
}

}  // namespace audit

#pragma once

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "src/io/loop.h"

namespace audit {

/// Conversations, each on its own loop, that wait to be told to look again. Not locked:
/// its owner's mutex guards it.
class Waiting {
 public:
  /// A place in the queue, taken under the owner's mutex and awaited without it.
  using Place = std::shared_ptr<asio::steady_timer>;

  [[nodiscard]] Place take_place(io::Loop& loop) {
    auto place = std::make_shared<asio::steady_timer>(loop, io::TimePoint::max());
    places_.push_back(place);
    return place;
  }

  /// Wakes all of them, or one; wherever they are.
  void wake_all() {
    for (const Place& place : places_) wake(place);
    places_.clear();
  }
  void wake_one() {
    if (places_.empty()) return;
    wake(places_.front());
    places_.erase(places_.begin());
  }

  /// Lets go of all places: their loops are about to be taken down.
  void forget() { places_.clear(); }

 private:
  static void wake(const Place& place) {
    // A timer belongs to its loop, which may be another thread's.
    asio::post(place->get_executor(), [place] { place->cancel(); });
  }

  std::vector<Place> places_;
};

/// Waits until woken. The caller is on the loop of the place.
[[nodiscard]] inline io::Task<void> woken(Waiting::Place place) {
  asio::error_code ignored;
  co_await place->async_wait(asio::redirect_error(io::kResume, ignored));
}

}  // namespace audit

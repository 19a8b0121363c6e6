#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "src/audit/waiting.h"

namespace audit {

/// Values that many conversations on many loops want and one of them makes: most of the
/// world's domains share a few thousand mail hosts. The oldest are forgotten beyond a
/// number, those that are still being made never.
template <typename Value>
class Shared {
 public:
  using Pointer = std::shared_ptr<const Value>;

  explicit Shared(std::size_t most) : most_(most) {}

  /// The value of `key`; the first who asks makes it by awaiting `make`.
  [[nodiscard]] io::Task<Pointer> get(io::Loop& loop, std::string key,
                                      std::function<io::Task<Pointer>()> make) {
    std::shared_ptr<Slot> slot;
    bool is_first = false;
    {
      const std::lock_guard lock(mutex_);
      auto& place = slots_[key];
      is_first = place == nullptr;
      if (is_first) place = std::make_shared<Slot>();
      slot = place;
    }
    if (is_first) {
      Pointer value = co_await make();
      const std::lock_guard lock(mutex_);
      slot->value = std::move(value);
      slot->waiting.wake_all();
      remember(std::move(key));
      co_return slot->value;
    }
    for (;;) {
      Waiting::Place place;
      {
        const std::lock_guard lock(mutex_);
        if (slot->value) co_return slot->value;
        place = slot->waiting.take_place(loop);
      }
      co_await woken(place);
    }
  }

 private:
  struct Slot {
    Pointer value;
    Waiting waiting;
  };

  void remember(std::string key) {
    made_.push_back(std::move(key));
    if (made_.size() <= most_) return;
    slots_.erase(made_.front());
    made_.pop_front();
  }

  std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Slot>> slots_;
  std::deque<std::string> made_;
};

}  // namespace audit

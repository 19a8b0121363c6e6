#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "src/audit/waiting.h"

namespace audit {

/// Values that many conversations on many loops want and one of them makes: most of the
/// world's domains share a few thousand mail hosts. The oldest are forgotten beyond a
/// number and beyond a weight in all, those that are still being made never.
template <typename Value>
class Shared {
 public:
  using Pointer = std::shared_ptr<const Value>;

  /// The weight of a value, in octets.
  using Weigh = std::size_t (*)(const Value&);

  Shared(std::size_t most, std::size_t most_octets, Weigh weigh)
      : most_(most), most_octets_(most_octets), weigh_(weigh) {}

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
      remember(std::move(key), weigh_(*slot->value));
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

  struct Made {
    std::string key;
    std::size_t octets = 0;
  };

  void remember(std::string key, std::size_t octets) {
    made_.push_back({std::move(key), octets});
    octets_ += octets;
    while (made_.size() > most_ || octets_ > most_octets_) {
      slots_.erase(made_.front().key);
      octets_ -= made_.front().octets;
      made_.pop_front();
    }
  }

  std::size_t most_;
  std::size_t most_octets_;
  Weigh weigh_;
  std::size_t octets_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Slot>> slots_;
  std::deque<Made> made_;
};

}  // namespace audit

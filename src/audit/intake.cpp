#include "src/audit/intake.h"

#include <thread>

namespace audit {

void Intake::start(const std::shared_ptr<Intake>& self) {
  std::thread([self] { self->read(); }).detach();
}

io::Task<std::optional<Item>> Intake::next(io::Loop& loop) {
  for (;;) {
    Waiting::Place place;
    {
      const std::lock_guard lock(mutex_);
      if (!ready_.empty()) {
        std::optional<Item> item(std::move(ready_.front()));
        ready_.pop_front();
        room_.notify_one();
        co_return item;
      }
      if (ended_) co_return std::nullopt;
      place = waiting_.take_place(loop);
    }
    co_await woken(place);
  }
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  room_.notify_all();
}

void Intake::read() {
  constexpr std::size_t kAhead = 4096;
  for (;;) {
    auto item = source_();
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || ready_.size() < kAhead; });
    if (closed_) return;
    if (!item) {
      ended_ = true;
      waiting_.wake_all();
      return;
    }
    ready_.push_back(std::move(*item));
    waiting_.wake_one();
  }
}

}  // namespace audit

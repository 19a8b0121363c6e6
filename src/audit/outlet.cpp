#include "src/audit/outlet.h"

namespace audit {
namespace {

constexpr std::size_t kMost = 256;  // that wait for the sink

}  // namespace

void Outlet::start() {
  thread_ = std::thread([this] { hand_over(); });
}

io::Task<void> Outlet::put(io::Loop& loop, DomainAudit result) {
  Waiting::Place place;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(result));
    filled_.notify_one();
    if (queue_.size() <= kMost) co_return;
    place = waiting_.take_place(loop);
  }
  co_await woken(place);
}

void Outlet::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    filled_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Outlet::hand_over() {
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [&] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const DomainAudit result = std::move(queue_.front());
    queue_.pop_front();
    if (queue_.size() <= kMost) waiting_.wake_all();
    lock.unlock();
    sink_(result);
    ++done_;
    lock.lock();
  }
}

}  // namespace audit

#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "src/audit/item.h"
#include "src/audit/waiting.h"

namespace audit {

/// Hands results to the sink. No loop ever waits for whoever reads an output: deadlines
/// of others would pass meanwhile. Whose result is one too many waits until there is
/// room.
class Outlet {
 public:
  explicit Outlet(Sink sink) : sink_(std::move(sink)) {}
  ~Outlet() { close(); }
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  void start();
  [[nodiscard]] io::Task<void> put(io::Loop& loop, DomainAudit result);
  /// Results that have been handed over.
  [[nodiscard]] std::uint64_t done() const { return done_; }
  /// Hands over what is there, and no more.
  void close();

 private:
  void hand_over();

  Sink sink_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<DomainAudit> queue_;
  Waiting waiting_;
  bool closed_ = false;
  std::atomic<std::uint64_t> done_{0};
  std::thread thread_;
};

}  // namespace audit

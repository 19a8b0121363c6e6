#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include "src/audit/item.h"
#include "src/audit/waiting.h"

namespace audit {

/// Reads the source on a thread of its own, a little ahead of those who ask.
class Intake {
 public:
  explicit Intake(DomainStream source) : source_(std::move(source)) {}

  /// The reader holds on to the intake: a source that blocks for ever ends with the
  /// process.
  static void start(const std::shared_ptr<Intake>& self);
  /// The next item; nothing at the end.
  [[nodiscard]] io::Task<std::optional<Item>> next(io::Loop& loop);
  /// No more items; whoever waits is not told, its loop has ended.
  void close();

 private:
  void read();

  // The reader may outlive the loops: it wakes those alone that still wait.
  DomainStream source_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<Item> ready_;
  Waiting waiting_;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace audit

#pragma once

#include <asio/io_context.hpp>
#include <memory>

struct ub_event_base;

namespace resolver {

struct LoopBase;

/// libunbound's sockets and timers on an asio loop, by libunbound's pluggable event
/// interface (unbound-event.h): no thread, no second event loop, no hop between them.
class UnboundEvents {
 public:
  explicit UnboundEvents(asio::io_context& loop);
  ~UnboundEvents();
  UnboundEvents(const UnboundEvents&) = delete;
  UnboundEvents& operator=(const UnboundEvents&) = delete;

  /// What `ub_ctx_create_ub_event` takes; lives as long as this object, which must
  /// outlive the context.
  [[nodiscard]] ub_event_base* base();

 private:
  std::unique_ptr<LoopBase> base_;
};

}  // namespace resolver

#pragma once

#include "src/io/loop.h"

namespace io {

/// Sees whether a loop comes round, for the Clock of the thread that runs it: a timer
/// that is set again and again while anybody holds the pulse. One a loop.
class Pulse : public asio::execution_context::service {
 public:
  using key_type = Pulse;
  static inline asio::execution_context::id id;

  explicit Pulse(asio::execution_context& context);
  /// That of a loop.
  [[nodiscard]] static Pulse& of(Loop& loop) { return asio::use_service<Pulse>(loop); }

  /// Keeps it beating. Made and unmade on the thread that runs the loop.
  class Hold {
   public:
    explicit Hold(Pulse& pulse) : pulse_(pulse) { pulse_.hold(); }
    ~Hold() { pulse_.release(); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Pulse& pulse_;
  };

 private:
  void shutdown() override {}
  void hold();
  void release();
  void wait();

  asio::steady_timer timer_;
  std::size_t holders_ = 0;
};

/// Lets the loop run until the Clock goes on. A conversation that never has to wait, for
/// its peer never stops talking, would hold up the loop, and with it its own deadline.
[[nodiscard]] Task<void> catch_up();

}  // namespace io

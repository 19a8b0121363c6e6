#include "src/io/pulse.h"

#include <asio/post.hpp>
#include <asio/this_coro.hpp>

namespace io {

Pulse::Pulse(asio::execution_context& context)
    : asio::execution_context::service(context), timer_(static_cast<Loop&>(context)) {}

void Pulse::hold() {
  if (holders_++ > 0) return;
  Clock::begin();
  wait();
}

void Pulse::release() {
  if (--holders_ > 0) return;
  Clock::end();
  timer_.cancel();
}

void Pulse::wait() {
  timer_.expires_after(Clock::kBeat);
  timer_.async_wait([this](const asio::error_code& error) {
    if (error || holders_ == 0) return;
    Clock::beat();
    wait();
  });
}

Task<void> catch_up() {
  constexpr int kMostTurns = 1000;  // should the pulse be that of another loop
  const auto loop = co_await asio::this_coro::executor;
  for (int i = 0; i < kMostTurns && Clock::is_behind(); ++i) {
    co_await asio::post(loop, kResume);
  }
}

}  // namespace io

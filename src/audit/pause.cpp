#include "src/audit/pause.h"

#include <asio/redirect_error.hpp>
#include <random>

namespace audit {

io::Task<void> wait_politely(io::Loop& loop, std::chrono::seconds least) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  const auto least_ms = std::chrono::milliseconds(least);
  std::uniform_int_distribution<std::int64_t> more(0, least_ms.count() / 2);
  asio::steady_timer timer(loop, least_ms + std::chrono::milliseconds(more(random)));
  asio::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(io::kResume, ignored));
}

}  // namespace audit

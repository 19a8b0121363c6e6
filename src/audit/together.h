#pragma once

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <exception>
#include <vector>

#include "src/io/loop.h"

namespace audit {

/// Runs all tasks at once and waits for the last. What they refer to must outlive them.
/// Rethrows what one of them throws, after all have ended.
[[nodiscard]] inline io::Task<void> together(io::Loop& loop,
                                             std::vector<io::Task<void>> tasks) {
  std::size_t left = tasks.size();
  std::exception_ptr thrown;
  io::Timer last(loop, io::TimePoint::max());
  for (io::Task<void>& task : tasks) {
    asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error) {
      if (error) thrown = error;
      if (--left == 0) last.cancel();
    });
  }
  if (left > 0) {
    asio::error_code ignored;
    co_await last.async_wait(asio::redirect_error(io::kResume, ignored));
  }
  if (thrown) std::rethrow_exception(thrown);
}

/// Runs all tasks, never more than `most` of them at once, and waits for the last. What
/// they refer to must outlive them. Rethrows what one of them throws.
[[nodiscard]] inline io::Task<void> together_at_most(io::Loop& loop, std::size_t most,
                                                     std::vector<io::Task<void>> tasks) {
  std::size_t next = 0;
  const auto one_after_another = [&]() -> io::Task<void> {
    while (next < tasks.size()) {
      io::Task<void> task = std::move(tasks[next++]);
      co_await std::move(task);
    }
  };
  std::vector<io::Task<void>> runners;
  for (std::size_t i = 0; i < std::min(most, tasks.size()); ++i) {
    runners.push_back(one_after_another());
  }
  co_await together(loop, std::move(runners));
}

}  // namespace audit

#pragma once

#include <asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "src/io/loop.h"
#include "src/io/pulse.h"

namespace io {

/// Runs a task to its end on its loop, which may run again afterwards. What else is on
/// the loop may not have ended then. Rethrows what the task throws.
template <typename T>
[[nodiscard]] T run_task(Loop& loop, Task<T> task) {
  std::optional<T> out;
  std::exception_ptr thrown;
  asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error, T value) {
    loop.stop();
    thrown = error;
    if (!error) out.emplace(std::move(value));
  });
  {
    const Pulse::Hold hold(Pulse::of(loop));
    loop.run();
  }
  loop.restart();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*out);
}

}  // namespace io

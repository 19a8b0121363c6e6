#pragma once

#include <chrono>

namespace client {

/// Now, for a verify::Context.
[[nodiscard]] std::chrono::sys_seconds wall_clock();

}  // namespace client

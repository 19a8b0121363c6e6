#pragma once

#include <chrono>

#include "src/io/loop.h"

namespace audit {

/// Waits at least so long and up to half as much again, so that those who were turned
/// away together do not come back together.
[[nodiscard]] io::Task<void> wait_politely(io::Loop& loop, std::chrono::seconds least);

}  // namespace audit

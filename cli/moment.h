#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/base/time_span.h"

namespace cli {

/// A moment on a command line: `2026-06-01T12:00:00Z`, `2026-06-01`, or seconds since
/// 1970. Error kind `usage`, code `bad_time`.
[[nodiscard]] base::Result<std::chrono::sys_seconds> parse_moment(std::string_view text);

/// A span on a command line: `90`, `90s`, `15m`, `2h`, `14d`. Error kind `usage`, code
/// `bad_time`.
[[nodiscard]] base::Result<std::chrono::seconds> parse_span(std::string_view text);

using base::span_in_words;

}  // namespace cli

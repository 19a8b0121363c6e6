#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace cli {

/// A moment on a command line: `2026-06-01T12:00:00Z`, `2026-06-01`, or seconds since
/// 1970. Error kind `usage`, code `bad_time`.
[[nodiscard]] base::Result<std::chrono::sys_seconds> parse_moment(std::string_view text);

/// A span on a command line: `90`, `90s`, `15m`, `2h`, `14d`. Error kind `usage`, code
/// `bad_time`.
[[nodiscard]] base::Result<std::chrono::seconds> parse_span(std::string_view text);

/// `14 days`, `3 hours`, `1 minute`, `90 seconds`: the largest unit that there are two
/// of, or one exactly.
[[nodiscard]] std::string span_in_words(std::chrono::seconds span);

/// `14 d`, `3 h`, `90 s`: the largest unit that there are two of.
[[nodiscard]] std::string to_words(std::chrono::seconds span);

}  // namespace cli

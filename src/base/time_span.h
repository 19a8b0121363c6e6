#pragma once

#include <chrono>
#include <string>

namespace base {

// A span of time as people read it, one rule for all programs: the largest unit that
// there are two of, rounded to the nearest whole number. A certificate of thirty days
// that was made a second ago has 30 days left, not 29; one that ends within two days has
// hours.

/// `14 days`, `47 hours`, `90 seconds`; `1 day`, `1 hour`, `1 minute` or `1 second` where
/// it is exactly that, as TTLs are.
[[nodiscard]] std::string span_in_words(std::chrono::seconds span);

/// `14 d`, `47 h`, `90 s`, for lines that have little room.
[[nodiscard]] std::string span_in_short(std::chrono::seconds span);

}  // namespace base

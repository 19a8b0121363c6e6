#pragma once

namespace resolver {

/// Response codes (RFC 1035 4.1.1).
inline constexpr int kNoError = 0;
inline constexpr int kFormerr = 1;
inline constexpr int kServfail = 2;
inline constexpr int kNxdomain = 3;
inline constexpr int kNotimp = 4;
inline constexpr int kRefused = 5;

/// Whether an answer with this code says what there is, or that there is nothing. Every
/// other code is a look-up that failed (RFC 7672 2.1.1).
[[nodiscard]] constexpr bool tells_existence(int rcode) {
  return rcode == kNoError || rcode == kNxdomain;
}

}  // namespace resolver

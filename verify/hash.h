#pragma once

#include <array>
#include <optional>

#include "src/base/bytes.h"
#include "src/base/tlsa.h"

namespace verify {

/// SHA2-256 of `data` (RFC 6234).
[[nodiscard]] std::array<std::byte, 32> sha256(base::ByteView data);
/// SHA2-512 of `data` (RFC 6234).
[[nodiscard]] std::array<std::byte, 64> sha512(base::ByteView data);

/// The digest of `data` that a TLSA matching type stands for (RFC 6698 2.1.3); nothing
/// for Full, which is none, and for numbers that nobody assigned.
[[nodiscard]] std::optional<base::Bytes> digest(dns::Matching matching,
                                                base::ByteView data);

}  // namespace verify

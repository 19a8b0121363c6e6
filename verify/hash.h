#pragma once

#include <array>

#include "src/base/bytes.h"

namespace verify {

/// SHA2-256 of `data` (RFC 6234).
[[nodiscard]] std::array<std::byte, 32> sha256(base::ByteView data);
/// SHA2-512 of `data` (RFC 6234).
[[nodiscard]] std::array<std::byte, 64> sha512(base::ByteView data);

}  // namespace verify

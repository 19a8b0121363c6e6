#pragma once

#include <cstddef>

#include "src/base/bytes.h"

namespace verify {

/// Whether our TLS library reads this certificate (DER), its key included.
[[nodiscard]] bool is_readable(base::ByteView certificate);

/// A certificate (DER) of exactly `size` octets that says nothing but the leaf's key
/// (`spki`, DER): for a TLS library that only needs the key to check the peer's
/// signature, and cannot read what the peer sent. It is never judged and never shown.
/// Empty where so few octets cannot hold the key, and for the sizes that no value of DER
/// has, since its length takes octets too: 130, 259 and 65540.
[[nodiscard]] base::Bytes stand_in(base::ByteView spki, std::size_t size);

}  // namespace verify

#pragma once

#include <optional>

#include "src/base/bytes.h"

namespace verify {

/// A SubjectPublicKeyInfo of an elliptic curve key as RFC 5480 2.1.1 and 2.2 want it, the
/// curve by its name and the point in full. Peers write the same key in other ways too:
/// the curve by all of its parameters (RFC 3279 2.3.5), the point compressed or hybrid
/// (SEC 1 2.3.3). Nothing for other keys, other curves than P-256, P-384 and P-521, and
/// parameters that differ from theirs in a single bit: a generator of the peer's own
/// choice would make anybody's public key his.
[[nodiscard]] std::optional<base::Bytes> with_named_curve(base::ByteView spki);

}  // namespace verify

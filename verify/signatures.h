#pragma once

#include <span>

#include "verify/peer.h"

namespace verify {

/// Whether the keys on a path [leaf … anchor] made its signatures and are strong enough,
/// by GnuTLS, each signature once, from the anchor down: the first reason that is met, or
/// none. A key that cannot have made a signature (another algorithm) is `bad_signature`,
/// and so is a weak one that did not make it. GnuTLS gets two certificates at a time and
/// the issuer without what it says of names and path lengths below it, which GnuTLS knows
/// in part only (name_constraints.h, path_rules.h).
[[nodiscard]] Reason check_signatures(std::span<Link* const> path);

/// Whether a refused path [leaf … anchor], all of it readable, has a key or a signature
/// of an algorithm that GnuTLS does not know, which it tells as too weak.
[[nodiscard]] bool has_unknown_algorithm(std::span<Link* const> path);

}  // namespace verify

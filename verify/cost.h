#pragma once

#include <optional>
#include <span>
#include <string>

#include "verify/peer.h"

namespace verify {

/// Why a path [leaf … anchor] would cost more work than any honest one, in words: a huge
/// certificate, a key made to be slow, or names and constraints in such numbers that
/// comparing each with each takes long. Nothing if it may be judged. Itself it only walks
/// the DER once.
[[nodiscard]] std::optional<std::string> too_costly(std::span<Link* const> path,
                                                    const Budget& budget);

}  // namespace verify

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "src/base/tlsa.h"

namespace verify {

/// Which of the `usable` records (indices into `records`) digest agility leaves (RFC 7671
/// 9): for each pair of usage and selector every Full(0) record and those with the
/// strongest digest (dns::kMatchingTypes). In the order given.
[[nodiscard]] std::vector<std::size_t> strongest_digests(
    std::span<const dns::Tlsa> records, std::span<const std::size_t> usable);

}  // namespace verify

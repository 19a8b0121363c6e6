#pragma once

#include <vector>

#include "src/evidence/again.h"
#include "src/evidence/bundle.h"
#include "src/evidence/told.h"
#include "src/evidence/trail.h"

namespace evidence {

/// All answers of these trails, as a bundle has them; null ones have none. Where two
/// answer one question the first stays. Behind them stands what was asked again of them,
/// in order of time, the last times left out where there are too many for a bundle. Where
/// another trail has answered in another way, nothing was asked again.
[[nodiscard]] DnsEvidence dns_evidence(const std::vector<const Trail*>& trails,
                                       std::vector<TrailAgain> again = {});

/// The answer of a bundle to a question; null if it has none.
[[nodiscard]] const Answer* find_answer(const DnsEvidence& dns,
                                        const Trail::Question& question);

/// An answer of a bundle as it was told.
[[nodiscard]] Told told(const DnsEvidence& dns, const Answer& answer);

/// The indices of those answers of a bundle that a trail has too, octet for octet. The
/// bundle was made of this trail and others; nothing if another one has answered a
/// question of this trail in another way.
[[nodiscard]] std::optional<std::vector<std::size_t>> indices_of(const DnsEvidence& dns,
                                                                 const Trail& trail);

}  // namespace evidence

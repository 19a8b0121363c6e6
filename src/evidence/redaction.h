#pragma once

#include <optional>
#include <vector>

#include "src/evidence/bundle.h"

namespace evidence {

/// Whether an answer has NSEC or NSEC3 records, which name others than was asked for.
[[nodiscard]] bool names_neighbours(const Bundle& bundle, const Answer& answer);

/// The answers with such records behind which no peer has signed, by index, the last
/// first: what peers have signed behind can be neither taken out nor altered. Nor are
/// bogus answers among them.
[[nodiscard]] std::vector<std::size_t> spare_answers(const Bundle& bundle);

/// The bundle without one of these answers, and without sets that nothing refers to then.
/// It stands in no run any more, for it is another leaf.
[[nodiscard]] Bundle without_answer(const Bundle& bundle, std::size_t answer);
/// Likewise, but the answer stays, without its NSEC and NSEC3 records.
[[nodiscard]] Bundle without_denials(const Bundle& bundle, std::size_t answer);

}  // namespace evidence

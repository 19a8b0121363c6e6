#pragma once

#include "src/evidence/bundle.h"
#include "src/evidence/canonical_json.h"

namespace evidence {

// The most that a bundle has (docs/evidence-format.md): a reader refuses more. So many
// answers and handshakes come of 64 mail hosts with several addresses in zones of their
// own; larger evidence is first of all too large a file.
inline constexpr std::size_t kMostSets = 16'384, kMostAnswers = 4096, kMostPeers = 4096,
                             kMostMessages = 16, kMostPath = 64, kMostStamps = 16;
/// The most of `again`, and of answers in all of them together. An audit asks before and
/// behind each of at most 64 mail hosts, and then for the MX records that lead to them.
inline constexpr std::size_t kMostAgain = 129, kMostAnswersAgain = 4096;

/// Whether a reader takes a bundle, as far as its size goes. Its run is left out of this.
[[nodiscard]] bool is_within_bounds(const Bundle& bundle);

/// The bundle of the same verdict without what was to prove it: for evidence that is
/// larger than anybody reads. A replay of it comes to no verdict.
[[nodiscard]] Bundle without_proof(Bundle bundle);

}  // namespace evidence

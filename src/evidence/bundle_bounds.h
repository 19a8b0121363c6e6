#pragma once

#include <cstdint>
#include <string>

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
/// A set stands once in a bundle, and is worked with in each answer that refers to it,
/// and behind each peer that knew such an answer. The most octets of one answer are those
/// of a message (RFC 1035 4.2.2): what is longer no name server can say again.
inline constexpr std::uint64_t kMostOfAnAnswer = 65'535,
                               kMostOfAllAnswers = std::uint64_t{64} << 20U,
                               kMostOfAllPeers = std::uint64_t{1} << 30U;

/// The most octets of a time-stamp.
inline constexpr std::size_t kMostToken = std::size_t{64} << 10U;
/// The most that `run` adds to a text: hashes and stamps in base64, and a checkpoint.
inline constexpr std::size_t kMostOfARun =
    1024 + kMostPath * 48 + kMostStamps * (kMostToken / 3 * 4 + 8);
/// The most octets of all parts of a bundle in a store, each as often as it is taken out.
/// A peer's part has the name of each answer that the peer knew.
inline constexpr std::size_t kMostStored = std::size_t{64} << 20U;

/// What a bundle unfolds to that is more than that, in words; empty where nothing is. Its
/// indices have to be those of sets and answers that are there.
[[nodiscard]] std::string what_unfolds(const Bundle& bundle);

/// Whether a reader takes a bundle, out of a file and out of a store, as far as its size
/// goes. Its run is left out of this: there is room for the longest.
[[nodiscard]] bool is_within_bounds(const Bundle& bundle);

/// The bundle of the same verdict without what was to prove it: for evidence that is
/// larger than anybody reads. A replay of it comes to no verdict.
[[nodiscard]] Bundle without_proof(Bundle bundle);

}  // namespace evidence

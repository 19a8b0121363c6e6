#pragma once

#include "src/evidence/bundle.h"

namespace evidence {

/// What sums up a run: how many bundles it has, the root of the tree over them, and the
/// run before it (docs/evidence-format.md, `run`).
struct Checkpoint {
  std::uint64_t leaves = 0;  ///< at most 2^53 - 1
  Octets32 root{};
  Octets32 previous{};  ///< hash of the text of the one before; zeros where there is none
  [[nodiscard]] bool operator==(const Checkpoint&) const = default;
};

/// Its four lines, which are what is hashed and witnessed.
[[nodiscard]] std::string to_text(const Checkpoint& checkpoint);

/// Reads such a text and no other: what comes out is written again as the same octets.
/// Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<Checkpoint> read_checkpoint(std::string_view text);

/// What a witness signs, and what the next run refers to: SHA-256 of the text.
[[nodiscard]] Octets32 hash_of_checkpoint(std::string_view text);
/// A hash that stands somewhere in base64; nothing if that is none.
[[nodiscard]] std::optional<Octets32> hash_from_base64(std::string_view text);

}  // namespace evidence

#pragma once

#include <string_view>

#include "src/evidence/bundle.h"

namespace evidence {

/// What a client random of ours commits to, beside the blind.
struct Commitment {
  Octets32 blind{};
  Octets32 dns{};       ///< hash of the answers that were known (`hash_of_answers`)
  Octets32 previous{};  ///< hash of the checkpoint of the run before
  std::uint16_t port = 0;
  std::chrono::sys_seconds moment;
  std::string server_name;
};

/// The random of a ClientHello that could not be chosen before all of that was known
/// (docs/evidence-format.md, `peers`).
[[nodiscard]] Octets32 client_random(const Commitment& commitment);

}  // namespace evidence

#pragma once

#include <string>
#include <vector>

#include "cli/dane/check_job.h"
#include "src/evidence/bundle.h"
#include "src/evidence/handshake_proof.h"
#include "src/witness/connection_bundle.h"
#include "src/witness/trust_shelf.h"

namespace cli::dane {

/// The evidence for what `dane check` said with these arguments; `verdict` is its JSON.
[[nodiscard]] evidence::Bundle check_bundle(const Arguments& arguments,
                                            const CheckJob& job,
                                            const witness::Witness& witness,
                                            const std::string& verdict);

/// A check as a bundle has it, to be made again.
struct RecordedCheck {
  CheckJob job;
  std::vector<witness::ConnectionFacts> connections;
};

/// Reads it; `proofs` are those of the bundle's peers (`evidence::check_peers`). Error
/// kind `permanent`, code `bad_evidence`; those of `TrustShelf`.
[[nodiscard]] base::Result<RecordedCheck> recorded_check(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    const witness::TrustShelf& stores);

}  // namespace cli::dane

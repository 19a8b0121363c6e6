#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/client/reach_target.h"
#include "src/witness/connection_bundle.h"
#include "src/witness/trust_shelf.h"

namespace witness {

/// The evidence for what a program said that wanted one connection, with these options of
/// the flow; `maker` is that program and its version.
[[nodiscard]] evidence::Bundle connect_bundle(const client::Wanted& wanted,
                                              const client::Options& options,
                                              const Witness& witness,
                                              const client::Report& report,
                                              std::string maker);

/// Such a connection as a bundle has it, to be made again.
struct RecordedConnect {
  client::Wanted wanted;
  client::Options options;  ///< as far as a verdict depends on them
  std::vector<ConnectionFacts> connections;
};

/// Reads one; `proofs` are those of its peers (`evidence::check_peers`), and `stores`
/// must outlive what comes out. Error kind `permanent`, code `bad_evidence`; those of
/// `TrustShelf`.
[[nodiscard]] base::Result<RecordedConnect> recorded_connect(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    const TrustShelf& stores);

}  // namespace witness

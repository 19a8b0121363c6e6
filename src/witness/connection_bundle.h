#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "src/evidence/canonical_json.h"
#include "src/evidence/handshake_proof.h"
#include "src/witness/witness.h"

namespace witness {

/// What a program says of connections that it made.
struct Said {
  std::string maker;     ///< the program and its version
  evidence::Json about;  ///< what it was asked
  std::string verdict;   ///< its JSON
  /// What else was seen, as members beside `connections`.
  evidence::Json facts = evidence::Json::object();
};

/// The evidence for it.
[[nodiscard]] evidence::Bundle bundle_of(const Witness& witness, const Said& said);

/// The connections of such a bundle. `proofs` are those of its peers
/// (`evidence::check_peers`); chains that a peer signed are taken from what it signed.
/// Beside them its facts have these `others` and no more. Error kind `permanent`, code
/// `bad_evidence`.
[[nodiscard]] base::Result<std::vector<ConnectionFacts>> connections_of(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    std::initializer_list<const char*> others = {});

}  // namespace witness

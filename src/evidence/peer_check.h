#pragma once

#include <string_view>
#include <vector>

#include "src/evidence/bundle.h"
#include "src/evidence/handshake_proof.h"

namespace evidence {

/// What each peer of a bundle has signed, in their order. Error kind `permanent`, code
/// `bad_evidence`: messages that are none, a signature that is not right, a hello whose
/// random is not made of what the bundle says (`client_random`), another server name, or
/// a handshake in which nothing is signed.
[[nodiscard]] base::Result<std::vector<HandshakeProof>> check_peers(const Bundle& bundle);

/// Whether a peer signed behind the answer about the TLSA records of this owner.
[[nodiscard]] bool knew_records(const Bundle& bundle, const Handshake& peer,
                                const dns::Name& owner);

/// Whether a handshake was of the version that somebody wrote down, `TLSv1.3`.
[[nodiscard]] bool is_of_version(const HandshakeProof& proof, std::string_view protocol);

}  // namespace evidence

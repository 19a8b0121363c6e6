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

/// What somebody wrote down about a session.
struct ClaimedSession {
  std::string_view protocol;  ///< `TLSv1.3`
  std::string_view cipher;    ///< the suite's IANA name; may be empty
  std::string_view group;     ///< GnuTLS's name; may be empty
};

/// What of it is another than the handshake has, in words; empty if nothing is. Names of
/// suites of TLS 1.2 are not compared: there they are signed by nobody.
[[nodiscard]] std::string_view what_differs(const HandshakeProof& proof,
                                            const ClaimedSession& claimed);

}  // namespace evidence

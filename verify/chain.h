// verify: is this peer the one that its domain speaks of?
//
// The way in is check.h: verify::check takes what the peer sent (a Chain), what is
// required of it (policy::Requirement), and the clock, trust store and work budget as
// arguments (Context); it returns a Verdict and nothing else happens. There is no socket,
// no clock, no file and no environment in this folder, and no TLS session: GnuTLS is used
// for X.509 paths, public keys and hashes only.
// tlsa_usable -> tlsa_match -> path -> names is the order in which a reader meets it.
#pragma once

#include <variant>
#include <vector>

#include "src/base/bytes.h"

namespace verify {

/// The certificates (DER) in the order in which the peer sent them: `[0]` is the leaf.
using Certificates = std::vector<base::Bytes>;

/// The one SubjectPublicKeyInfo (DER) of a peer with a raw public key (RFC 7250 3).
struct RawPublicKey {
  base::Bytes spki;
};

/// What the peer proved in the handshake to hold the private key of.
using Chain = std::variant<Certificates, RawPublicKey>;

}  // namespace verify

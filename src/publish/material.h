// src/publish: what the owner of a domain publishes.
//
// material.h reads certificates, keys and requests from PEM or DER, issuer.h finds which
// of several certificates has issued which; record.h makes TLSA records of them and
// writes them as a zone wants them; zone_file.h reads zone files, and zone_lint.h
// compares the records of one with certificates before they are published;
// written_records.h reads records of a command line; rollover.h plans a change of key.
// Nothing here asks the network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "verify/chain.h"

namespace publish {

// All of these fail with kind `usage`, code `bad_material`, and say why in one line.

/// The certificates (DER) of PEM text, or the one of DER octets, in their order; at least
/// one, each of them a certificate.
[[nodiscard]] base::Result<verify::Certificates> read_certificates(std::string_view text);

/// What a peer sends: as `read_certificates`, but whether what is called a certificate is
/// one is left to who judges it; or the one key of a PEM `PUBLIC KEY`.
[[nodiscard]] base::Result<verify::Chain> read_chain(std::string_view text);

/// The SubjectPublicKeyInfo (DER) of a private key (PEM or DER, no password) or of a PEM
/// `PUBLIC KEY`.
[[nodiscard]] base::Result<base::Bytes> read_key(std::string_view text);

/// The SubjectPublicKeyInfo (DER) of a certification request (PKCS #10, RFC 2986), PEM or
/// DER, whose signature by that key is right.
[[nodiscard]] base::Result<base::Bytes> read_request(std::string_view text);

}  // namespace publish

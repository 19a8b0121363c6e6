// The verifiers that are asked: OpenSSL, GnuTLS and its libdane, each by its own API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/tlsa.h"
#include "tests/oracles/cases.h"

namespace oracles {

/// What a verifier says, and why in its own words.
struct Answer {
  bool accepted = false;
  std::string why;
};

/// OpenSSL's DANE verifier: SSL_dane_*, X509_verify_cert at support::kNow, the root as
/// its trust store, names checked except for DANE-EE (RFC 7671 5.1).
[[nodiscard]] Answer openssl_dane(const Case& question);

/// GnuTLS's libdane, which judges the match alone: neither names nor dates nor, for
/// usages 0 and 1, a path. Nothing if the library is not there.
[[nodiscard]] std::optional<Answer> libdane(const Case& question);

/// A path to these roots and this name, for a TLS server, at support::kNow.
[[nodiscard]] Answer openssl_pkix(const verify::Certificates& sent,
                                  const std::vector<base::Bytes>& roots,
                                  const std::string& host);
[[nodiscard]] Answer gnutls_pkix(const verify::Certificates& sent,
                                 const std::vector<base::Bytes>& roots,
                                 const std::string& host);

}  // namespace oracles

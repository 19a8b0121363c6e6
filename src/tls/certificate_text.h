#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/base/bytes.h"

namespace tls {

/// A certificate in words, as mod_ssl and its users write them. Nothing is decided from
/// these.
struct CertificateText {
  std::string version;  ///< `3`
  std::string serial;   ///< decimal; longer than RFC 5280 4.1.2.2 has it: 0x…, cut
  std::string subject;  ///< `/C=AT/O=Example/CN=mail.example.org`
  std::string issuer;
  std::vector<std::pair<std::string, std::string>> subject_parts;  ///< `CN`, `Email`, …
  std::vector<std::pair<std::string, std::string>> issuer_parts;
  std::string not_before;  ///< `Jan  2 03:04:05 2026 GMT`
  std::string not_after;
  std::string signature_algorithm;  ///< `sha256WithRSAEncryption`
  std::string key_algorithm;        ///< `rsaEncryption`
  std::string pem;                  ///< with the final newline
};

/// The words for one certificate (DER). What cannot be read is empty: of a certificate
/// that GnuTLS cannot parse all but `pem`, of a raw public key all of it.
[[nodiscard]] CertificateText describe_certificate(base::ByteView der);

}  // namespace tls

#pragma once

#include <memory>
#include <string>

#include "src/base/error.h"

struct gnutls_certificate_credentials_st;  // what GnuTLS keeps of certificate and key

namespace tls {

/// The certificate that we show to a peer that asks for one, and its key: files of PEM.
struct OwnCertificate {
  std::string file;      ///< the chain, leaf first; empty: there is none to show
  std::string key_file;  ///< empty: the key is in `file`
  std::string key_password;
};

/// Whether certificate and key can be used; fine when none is named. Error kind `usage`,
/// code `bad_certificate_file`.
[[nodiscard]] base::Result<void> check_own_certificate(const OwnCertificate& own);

/// Certificates and keys in GnuTLS's form; sessions share them.
using Credentials = std::shared_ptr<gnutls_certificate_credentials_st>;
/// Credentials with nothing in them.
[[nodiscard]] Credentials empty_credentials();

/// What a session shows: certificate and key, or nothing when none is named. Errors:
/// those of `check_own_certificate`.
[[nodiscard]] base::Result<Credentials> load_credentials(const OwnCertificate& own);

}  // namespace tls

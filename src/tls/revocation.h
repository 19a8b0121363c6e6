#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "verify/chain.h"

struct gnutls_x509_crl_int;  // GnuTLS's list of revoked certificates

namespace tls {

/// Lists of certificates that authorities have taken back (RFC 5280 5).
class Revocations {
 public:
  /// The lists (PEM) that these authorities (PEM) have signed; one that none of them has
  /// signed is an error, and so is none at all. Error kind `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<Revocations> read(const std::string& lists,
                                                      const std::string& authorities);

  /// What the lists have against a chain at `now`, in words: a certificate that is on
  /// one, or a list of its issuer that is out of date and may miss some.
  [[nodiscard]] std::optional<std::string> objection(const verify::Certificates& chain,
                                                     std::chrono::sys_seconds now) const;

 private:
  struct Free {
    void operator()(gnutls_x509_crl_int* list) const;
  };
  std::vector<std::unique_ptr<gnutls_x509_crl_int, Free>> lists_;
};

}  // namespace tls

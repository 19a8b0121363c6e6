#pragma once

#include <optional>
#include <string>

#include "src/qmail/control.h"

namespace qmail {

/// A client's certificate (control/domaincerts, else clientcert.pem).
struct OwnCertificate {
  std::string certificate_file;
  std::string key_file;
  std::string password;
};

/// The certificate for mail of a sender's domain. Error code `control`.
[[nodiscard]] base::Result<std::optional<OwnCertificate>> certificate_of(
    const Control& control, const std::string& sender_domain);

}  // namespace qmail

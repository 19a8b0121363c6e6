#pragma once

#include <vector>

#include "verify/certificate.h"
#include "verify/extensions.h"
#include "verify/general_name.h"

namespace verify {

/// All names that constraints hold a certificate to: the subject, its emailAddress
/// attributes, the subject alternative names.
struct CertificateNames {
  std::vector<GeneralName> names;
  bool malformed = false;  ///< the subject alternative names cannot be read
};
[[nodiscard]] CertificateNames names_of(const Certificate& certificate,
                                        const Extensions& extensions);

}  // namespace verify

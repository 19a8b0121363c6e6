#pragma once

#include <string>

#include "src/tls/own_certificate.h"

namespace tls {

/// What holds for all connections of a program, whichever end of them it is.
struct Options {
  std::string priorities;  ///< GnuTLS priority string; empty: `default_priorities()`
  OwnCertificate certificate;
};

}  // namespace tls

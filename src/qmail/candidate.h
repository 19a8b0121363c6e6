#pragma once

#include <string>
#include <vector>

#include "resolver/host.h"

namespace qmail {

/// A host that may take the mail, its addresses known.
struct Candidate {
  std::string name;                     ///< as policies and reports have it
  std::vector<net::Address> addresses;  ///< in the order in which they are tried
  /// What the DNS said of it; null for an address literal, which the DNS knows nothing
  /// of.
  const resolver::Host* found = nullptr;
};

}  // namespace qmail

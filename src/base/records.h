#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "src/base/name.h"
#include "src/base/security.h"

namespace dns {

/// A mail exchanger (RFC 5321 5.1). The root as host with preference 0 is the null MX of
/// RFC 7505.
struct Mx {
  std::uint16_t preference = 0;
  Name host;
  [[nodiscard]] bool operator==(const Mx&) const = default;
};

/// The place of a service (RFC 2782). The root as target means: not available here.
struct Srv {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  Name target;
  [[nodiscard]] bool operator==(const Srv&) const = default;
};

/// What an answer says about its question. A look-up that failed is none of these: it is
/// an error (RFC 7672 2.1.1).
enum class Existence {
  found,    ///< there are records
  no_data,  ///< the name exists, not with this type
  no_name,  ///< NXDOMAIN
};

/// A trustworthy answer: validated by us, or securely known to be in an unsigned zone.
template <typename Record>
struct Answer {
  Name question;
  Name canonical;             ///< the question's name after CNAME and DNAME
  std::vector<Name> aliases;  ///< owners of the CNAMEs on the way, the question first
  Existence existence = Existence::no_name;
  Security security = Security::bogus;  ///< of the whole chain, denial of existence too
  std::vector<Record> records;
  std::chrono::seconds ttl{0};  ///< the least of the records and aliases used
  /// When the first of their signatures ends (RFC 4034 3.1.5); none if there is none.
  std::optional<std::chrono::sys_seconds> signed_until;
};

}  // namespace dns

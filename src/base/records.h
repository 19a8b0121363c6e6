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

/// What a signature says about the RRset that it signs (RFC 4034 3.1).
struct Signature {
  Name signer;                 ///< the apex of the zone
  std::uint8_t algorithm = 0;  ///< IANA's number (RFC 8624 3.1)
  std::chrono::seconds original_ttl{0};
  std::chrono::sys_seconds since;
  std::chrono::sys_seconds until;
};

/// A zone's key (RFC 4034 2.1).
struct Dnskey {
  std::uint16_t flags = 0;
  std::uint8_t algorithm = 0;
  std::size_t bits = 0;  ///< of an RSA modulus, or of the public key itself
  [[nodiscard]] bool operator==(const Dnskey&) const = default;
};

/// What a parent says about a zone's key (RFC 4034 5.1).
struct Ds {
  std::uint16_t tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;
  [[nodiscard]] bool operator==(const Ds&) const = default;
};

/// How a zone hashes the names of its denials (RFC 5155 4.2).
struct Nsec3Param {
  std::uint16_t iterations = 0;
  std::size_t salt_octets = 0;
  [[nodiscard]] bool operator==(const Nsec3Param&) const = default;
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
  std::optional<Name> dname;  ///< the owner of the DNAME that makes the first alias
  Existence existence = Existence::no_name;
  Security security = Security::bogus;  ///< of the whole chain, denial of existence too
  std::vector<Record> records;
  std::chrono::seconds ttl{0};  ///< the least of the records and aliases used
  /// When the first of their signatures ends (RFC 4034 3.1.5); none if there is none.
  std::optional<std::chrono::sys_seconds> signed_until;
  std::optional<Signature> signature;  ///< the first of the records themselves
  std::size_t octets = 0;              ///< of the whole answer in wire form
};

}  // namespace dns

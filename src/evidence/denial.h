#pragma once

#include <string>
#include <string_view>

#include "src/base/security.h"
#include "src/evidence/type_bitmap.h"
#include "src/evidence/wire_name.h"

namespace evidence {

/// What denials of a zone prove, their signatures checked before.
struct DenialProof {
  /// `secure`: what was asked about is proved. `insecure`: it lies where the zone says of
  /// itself that it may not know (opt-out, too many iterations, an insecure delegation).
  /// `bogus`: nothing is proved.
  dns::Security security = dns::Security::bogus;
  std::string_view reason;

  [[nodiscard]] bool holds() const { return security == dns::Security::secure; }
};

/// A question whose denial is looked at, in the zone whose denials are.
struct DeniedQuestion {
  WireName name;
  std::uint16_t type = 0;
};

/// Whether a node that has these types can have no records of the type asked for: neither
/// they nor an alias are there, and the zone that speaks is the one that would have them
/// (RFC 6840 4.1, 4.3): the parent's side of a cut for DS, the child's for all else.
[[nodiscard]] bool lacks_type(const TypeBitmap& types, const DeniedQuestion& question);

/// What is at a name between zones.
enum class Delegation {
  unproved,  ///< the denial proves nothing
  none,      ///< no delegation is there
  insecure,  ///< a delegation without DS, or what may be one (RFC 5155 6)
};

struct DelegationProof {
  Delegation delegation = Delegation::unproved;
  std::string_view reason;
};

}  // namespace evidence

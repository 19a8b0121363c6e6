#pragma once

#include <optional>
#include <string>

#include "resolver/rcode.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/security.h"

namespace resolver {

/// What came back for one question, as octets, and what its source says of DNSSEC. Until
/// it is filled in it is a bogus failure.
struct RawAnswer {
  int rcode = kServfail;
  dns::Security security = dns::Security::bogus;
  std::string why_bogus;  ///< in words fit to print, where the source knows
  base::Bytes packet;     ///< the whole answer in wire form
  /// How large the answer was as it came, where `packet` is another form of it.
  std::optional<std::size_t> octets{};
};

/// The answer, if something may follow from it: one that is secure or insecure and says
/// what there is. All others are Errors of kind `temporary` and delay what is done with
/// them (RFC 7672 2.1.1): codes `bogus`, `servfail`, `dns_refused`, `rcode`. A state that
/// nobody could determine is as bad as a wrong one (RFC 7672 2.1.1).
[[nodiscard]] base::Result<RawAnswer> trusted(RawAnswer raw);

}  // namespace resolver

#pragma once

#include "src/evidence/bundle.h"
#include "src/evidence/second_validator.h"

namespace evidence {

/// The AuthenticationChain of RFC 9102 2.3 for the TLSA records of a name, or for their
/// denial: the sets that prove it with their signatures, uncompressed, those of the name
/// first and the root's keys behind them; last the denials of zone cuts at names that no
/// zone of the chain begins at. `opinion` is that of the second validator about these
/// answers. Error kind `permanent`, code `bad_evidence`: the answers have no such
/// records, or they are not secure, so that a chain would prove nothing, or it would be
/// longer than the 65,535 octets that the extension holds.
[[nodiscard]] base::Result<base::Bytes> authentication_chain(const DnsEvidence& dns,
                                                             const SecondOpinion& opinion,
                                                             const dns::Name& owner);

}  // namespace evidence

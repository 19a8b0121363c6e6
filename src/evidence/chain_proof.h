#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "src/evidence/received_chain.h"
#include "src/evidence/second_validator.h"

namespace evidence {

/// What a chain is validated by.
struct ChainTerms {
  std::string trust_anchor;  ///< a file with the root's keys; empty: Debian's
  std::chrono::sys_seconds moment;
};

/// What a chain proves about the TLSA records of a name, `present`, `absent` or
/// `insecure`, without any question to the DNS (RFC 9102 6): libunbound validates it from
/// our own keys of the root, in a context of its own that knows nothing else, and the
/// second validator has to agree. Runs a loop of its own meanwhile. No names are in the
/// facts. Errors: kind `temporary`, code `bogus`: it proves none of the three; kind
/// `usage`, codes `bad_trust_anchor` and `bad_file`.
[[nodiscard]] base::Result<policy::DnsFacts> tlsa_by_chain(const ReceivedChain& chain,
                                                           const dns::Name& owner,
                                                           const ChainTerms& terms);

/// The answers about these TLSA records, each with the state that the second validator
/// gives it; twice where a zone is signed with Ed448, without and with knowing that, for
/// libunbound may do either. Error kind `temporary`, code `bogus`: it believes none.
[[nodiscard]] base::Result<std::vector<DnsEvidence>> believed_answers(
    const ReceivedChain& chain, const dns::Name& owner, ValidationBasis basis);

}  // namespace evidence

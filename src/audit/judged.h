#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "src/audit/finding.h"
#include "src/audit/seen.h"
#include "verify/verdict.h"

namespace audit {

/// What is thought of a certificate that an address shows beside the usual one.
struct Opinion {
  /// Who gets it: those who send no server name, those who ask with another kind of key,
  /// or (`again`) anybody, now and then.
  How how = How::nameless;
  verify::Verdict verdict;
};

/// The judgement on one address that holds whatever domain leads to it.
struct AddressJudged {
  /// What the TLSA records say about the usual chain, under the names of the host alone;
  /// nothing where there is no chain or there are no records, or where judging it takes
  /// more work than a sender does.
  std::optional<verify::Verdict> verdict;
  /// What a trust store says about the usual chain under the name of the host, if one was
  /// named (RFC 8461 4.2).
  std::optional<verify::Verdict> pkix;
  /// When the chain that proves it by DANE-TA is no longer good.
  std::optional<std::chrono::sys_seconds> good_until;
  std::vector<Opinion> opinions;  ///< in the order in which the chains were shown
};

/// The judgement on a host that holds whatever domain uses it.
struct HostJudged {
  std::vector<AddressJudged> addresses;  ///< in the order of HostSeen::addresses
  std::vector<Finding> findings;
};

/// A mail host as it was seen, and the judgement that was made of that, once.
struct HostAudit {
  HostSeen seen;
  HostJudged judged;
  std::chrono::sys_seconds moment{};  ///< by which it was judged
};

/// How many addresses there are that might be a way in for all that was seen: nobody
/// tried them, or they were left alone before they had shown a chain.
[[nodiscard]] std::size_t undecided_addresses(const HostAudit& host);

/// How much memory a host takes, more or less, in octets.
[[nodiscard]] std::size_t octets_of(const HostAudit& host);

}  // namespace audit

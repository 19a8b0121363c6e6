#include "src/audit/cause.h"

#include <algorithm>
#include <array>
#include <span>

namespace audit {
namespace {

using enum Code;

/// Senders that enforce DANE turn away: the records are not met, or cannot be had.
constexpr std::array kTurnsAway = {
    mx_bogus,         mx_none_usable,     host_bogus,      host_no_address,
    tlsa_bogus,       tlsa_lookup_fails,  mismatch,        name_mismatch,
    expired,          bad_path,           unsupported_key, starttls_not_offered,
    starttls_refused, starttls_injection, handshake_fails};

/// Nothing was to be seen, or not now.
constexpr std::array kUnseen = {mx_lookup_fails, host_lookup_fails,
                                unreachable,     temporarily_refused,
                                refused,         garbage,
                                no_route,        private_address,
                                host_slow,       host_many_addresses,
                                mx_too_many};

/// There are no records that count. What the domain lacks stands before what its hosts
/// lack, for nothing counts without that.
constexpr std::array kWithoutRecords = {mx_insecure,         host_insecure, tlsa_insecure,
                                        tlsa_alias_dangling, tlsa_absent,   none_usable};

using Codes = std::span<const Code>;

/// The place of the host that a finding is about among the domain's; behind all of them
/// for what is about none.
std::size_t host_of(const DomainSeen& domain, const Finding& finding) {
  const auto found = std::ranges::find_if(domain.hosts, [&](const auto& host) {
    const std::string& name = host->seen.name.text();
    return finding.subject == name || finding.subject.starts_with(name + " [") ||
           finding.subject == host->seen.tlsa.owner.text();
  });
  return static_cast<std::size_t>(found - domain.hosts.begin());
}

/// The first finding of some codes, that of the most preferred host first, then in the
/// order of the codes.
std::optional<std::size_t> first_of(const DomainSeen& domain, const Judgement& judgement,
                                    Codes codes) {
  std::optional<std::pair<std::size_t, std::size_t>> best;
  std::optional<std::size_t> out;
  for (std::size_t i = 0; i < judgement.findings.size(); ++i) {
    const Finding& finding = judgement.findings[i];
    const auto at = std::ranges::find(codes, finding.code);
    if (at == codes.end()) continue;
    const std::pair rank(host_of(domain, finding),
                         static_cast<std::size_t>(at - codes.begin()));
    if (best && *best <= rank) continue;
    best = rank;
    out = i;
  }
  return out;
}

/// The domain's own lack first: it is no host's.
std::optional<std::size_t> lack_of(const DomainSeen& domain, const Judgement& judgement) {
  constexpr std::array kOwn = {mx_insecure};
  const auto own = first_of(domain, judgement, kOwn);
  return own ? own : first_of(domain, judgement, kWithoutRecords);
}

std::vector<Codes> codes_for(Grade grade) {
  switch (grade) {
    case Grade::broken:
      return {kTurnsAway};
    case Grade::undecided:
      return {kUnseen, kTurnsAway};
    default:
      return {kTurnsAway, kUnseen, kWithoutRecords};
  }
}

}  // namespace

std::optional<std::size_t> cause_of(const DomainSeen& domain,
                                    const Judgement& judgement) {
  if (judgement.grade == Grade::enforced || judgement.findings.empty()) {
    return std::nullopt;
  }
  if (judgement.grade == Grade::not_deployed) {
    if (const auto lack = lack_of(domain, judgement)) return lack;
  } else {
    for (const Codes codes : codes_for(judgement.grade)) {
      if (const auto found = first_of(domain, judgement, codes)) return found;
    }
  }
  return 0;  // the worst
}

void put_cause_first(const DomainSeen& domain, Judgement& judgement) {
  const auto cause = cause_of(domain, judgement);
  if (!cause) return;
  judgement.cause = judgement.findings[*cause].code;
  const auto at = judgement.findings.begin() + static_cast<std::ptrdiff_t>(*cause);
  std::rotate(judgement.findings.begin(), at, at + 1);
}

}  // namespace audit

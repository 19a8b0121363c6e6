#include "src/audit/cause.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

namespace audit {
namespace {

using enum Code;

/// Senders that enforce DANE turn away: the records are not met, or cannot be had.
constexpr std::array kTurnsAway = {
    mx_bogus,         mx_none_usable,     host_bogus,      host_no_address,
    tlsa_bogus,       tlsa_lookup_fails,  mismatch,        name_mismatch,
    expired,          bad_path,           unsupported_key, starttls_not_offered,
    starttls_refused, starttls_injection, handshake_fails, other_key_unmatched};

/// Nothing was to be seen, or not now.
constexpr std::array kUnseen = {mx_lookup_fails, host_lookup_fails,
                                unreachable,     temporarily_refused,
                                refused,         garbage,
                                no_route,        private_address,
                                host_slow,       host_many_addresses,
                                mx_too_many};

/// There are no records that count.
constexpr std::array kWithoutRecords = {mx_insecure,         host_insecure, tlsa_insecure,
                                        tlsa_alias_dangling, tlsa_absent,   none_usable};

using Codes = std::span<const Code>;
using Applies = std::function<bool(const Finding&)>;

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
                                    Codes codes, const Applies& applies) {
  std::optional<std::pair<std::size_t, std::size_t>> best;
  std::optional<std::size_t> out;
  for (std::size_t i = 0; i < judgement.findings.size(); ++i) {
    const Finding& finding = judgement.findings[i];
    const auto at = std::ranges::find(codes, finding.code);
    if (at == codes.end() || !applies(finding)) continue;
    const std::pair rank(host_of(domain, finding),
                         static_cast<std::size_t>(at - codes.begin()));
    if (best && *best <= rank) continue;
    best = rank;
    out = i;
  }
  return out;
}

bool always(const Finding& /*finding*/) { return true; }

/// Whether a finding is of a host that is not proved throughout, or of the domain itself.
/// An address that this machine has no way to says nothing of a host whose others are.
bool is_of_a_doubtful_host(const DomainSeen& domain, const Judgement& judgement,
                           const Finding& finding) {
  const std::size_t host = host_of(domain, finding);
  if (host == domain.hosts.size()) return finding.subject == domain.domain.text();
  return !is_all_proved(judgement.hosts.at(host));
}

struct Step {
  Codes codes;
  Applies applies;
};

/// What is looked for, one after the other.
std::vector<Step> steps_for(const DomainSeen& domain, const Judgement& judgement) {
  const Step unseen{kUnseen, [&](const Finding& finding) {
                      return is_of_a_doubtful_host(domain, judgement, finding);
                    }};
  static constexpr std::array kOwnLack = {mx_insecure};
  switch (judgement.grade) {
    case Grade::broken:
      return {{kTurnsAway, always}};
    case Grade::undecided:
      return {unseen, {kTurnsAway, always}};
    case Grade::not_deployed:
      // The domain's own lack first: it is no host's.
      return {{kOwnLack, always}, {kWithoutRecords, always}};
    default:
      return {{kTurnsAway, always}, unseen, {kWithoutRecords, always}};
  }
}

/// Which finding a grade follows from; nothing where all is well or nothing was found.
std::optional<std::size_t> cause_of(const DomainSeen& domain,
                                    const Judgement& judgement) {
  if (judgement.grade == Grade::enforced || judgement.findings.empty()) {
    return std::nullopt;
  }
  for (const Step& step : steps_for(domain, judgement)) {
    if (const auto found = first_of(domain, judgement, step.codes, step.applies)) {
      return found;
    }
  }
  return 0;  // the worst
}

}  // namespace

std::optional<Code> turned_away_at(const DomainSeen& domain, const Judgement& judgement,
                                   std::size_t host) {
  const auto found = first_of(domain, judgement, kTurnsAway, [&](const Finding& finding) {
    return host_of(domain, finding) == host;
  });
  if (!found) return std::nullopt;
  return judgement.findings[*found].code;
}

void put_cause_first(const DomainSeen& domain, Judgement& judgement) {
  const auto cause = cause_of(domain, judgement);
  if (!cause) return;
  judgement.cause = judgement.findings[*cause].code;
  const auto at = judgement.findings.begin() + static_cast<std::ptrdiff_t>(*cause);
  std::rotate(judgement.findings.begin(), at, at + 1);
}

}  // namespace audit

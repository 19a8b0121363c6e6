// The judgement: from what was seen, and a moment, to findings and a grade. Nothing here
// connects, waits or looks at a clock, and nothing that was seen is altered, so that the
// same facts give the same findings for ever: a record of an audit can be judged again by
// somebody who doubts it, and a change of this code shows in the test that judges the
// records of all deployments that we know.
//
// There are two steps, since hosts and domains are not seen equally often. Most of the
// world's domains share a few thousand mail hosts. What holds of a host whatever domain
// leads to it is judged once, with the host, and kept: verdicts under the host's own
// names, and what is to be said of its records, servers and sessions. What depends on the
// domain is judged for each: whether its MX records are secure, whether its own name
// helps a certificate that lacks the host's (RFC 7672 3.2.2), and the grade.
//
// Verdicts come from verify::check, which a delivery asks too, under the requirement that
// policy::decide makes of the same records: an audit that judged by rules of its own
// would say "enforced" of a domain whose mail is deferred. After a handshake that left
// key usage out of account, DANE-EE alone can prove the peer, as in a delivery (RFC 7671
// 5.1).
//
// A stranger chooses the chains. All chains of a host together may cost a bounded number
// of signatures and steps (work.h); where that is used up there is no verdict, which is
// told as such and never counts as a proof.
#include "src/audit/judge.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <tuple>

#include "src/audit/access.h"
#include "src/audit/cause.h"
#include "src/audit/domain_findings.h"
#include "src/audit/host_findings.h"
#include "src/audit/opinions.h"
#include "src/audit/text_findings.h"
#include "verify/certificate.h"

namespace audit {
namespace {

/// When a chain that is good now is none any more: the end of a certificate behind which
/// the same judge says no, whatever else was sent with it.
std::optional<std::chrono::sys_seconds> good_until(const verify::Chain& chain,
                                                   const policy::Requirement& required,
                                                   std::chrono::sys_seconds now,
                                                   Work& work) {
  constexpr std::size_t kMostMoments = 8;
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  if (certificates == nullptr) return std::nullopt;
  std::set<std::chrono::sys_seconds> ends;
  for (const base::Bytes& der : *certificates) {
    const auto certificate = verify::parse_certificate(der);
    const auto validity = certificate ? verify::validity_of(*certificate) : std::nullopt;
    if (validity && validity->not_after > now) ends.insert(validity->not_after);
  }
  for (const auto end : ends | std::views::take(kMostMoments)) {
    const auto later = work.check(chain, required, end + std::chrono::seconds(1));
    if (later && !verify::accepted(later->outcome)) return end;
  }
  return std::nullopt;
}

/// The verdict on what an address usually shows, as a delivery would come to it.
std::optional<verify::Verdict> verdict_on(const Shown& shown,
                                          const policy::Requirement& required,
                                          std::chrono::sys_seconds now, Work& work) {
  if (!shown.session) return std::nullopt;
  if (!shown.despite_key_usage) return work.check(shown.chain, required, now);
  const auto second = client::despite_key_usage(required).value_or(required);
  return work.check(shown.chain, second, now);
}

bool is_proved_by_anchor(const std::optional<verify::Verdict>& verdict,
                         const policy::Requirement& required) {
  return verdict && verdict->record &&
         required.records.at(*verdict->record).usage == dns::kDaneTa;
}

/// Judges the chains of all addresses by the TLSA records.
void judge_by_dane(const HostSeen& host, std::chrono::sys_seconds now, HostJudged& out) {
  if (!has_secure_records(host)) return;
  const policy::Requirement required = requirement(host);
  Work work, later;
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    const Shown& shown = usual(host.addresses[i]);
    AddressJudged& one = out.addresses[i];
    one.verdict = verdict_on(shown, required, now, work);
    one.opinions = opinions(host.addresses[i], required, now);
    if (is_proved_by_anchor(one.verdict, required)) {
      one.good_until = good_until(shown.chain, required, now, later);
    }
  }
}

/// Judges the chains of all addresses by a trust store.
void judge_by_pkix(const HostSeen& host, std::chrono::sys_seconds now,
                   const verify::Roots& roots, HostJudged& out) {
  policy::DnsFacts facts;
  facts.names = {host.name};
  policy::Demand demand;
  demand.level = policy::Level::pkix;
  demand.common_name = policy::CommonName::never;
  const auto decided = policy::decide(facts, demand);
  if (!decided) return;
  const policy::Requirement& required = *decided;
  Work work(&roots);
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    const Shown& shown = usual(host.addresses[i]);
    if (!shown.session) continue;
    out.addresses[i].pkix = work.check(shown.chain, required, now);
  }
}

/// What the error of the MX look-up says about a domain.
Judgement judge_error(const DomainSeen& domain) {
  const base::Error& error = *domain.error;
  const auto judgement = [&](Grade grade, Code code) {
    return Judgement{grade, {}, {}, {{code, domain.domain.text(), error.detail}}};
  };
  switch (error.code) {
    case base::Code::bogus:
      return judgement(Grade::broken, Code::mx_bogus);
    case base::Code::no_mail_host:
      return judgement(Grade::broken, Code::mx_none_usable);
    case base::Code::null_mx:
      return judgement(Grade::not_deployed, Code::mx_null);
    case base::Code::no_domain:
      return judgement(Grade::not_deployed, Code::no_domain);
    case base::Code::bad_name:  // in the input, or in an answer
      if (error.kind != base::ErrorKind::usage) break;
      return judgement(Grade::bad_input, Code::bad_input);
    default:
      break;
  }
  return judgement(Grade::undecided, Code::mx_lookup_fails);
}

/// Whether the domain takes no mail, since nothing leads to a host: where there is no MX
/// record its own address is where mail would go (RFC 5321 5.1), and it has none.
bool takes_no_mail(const DomainSeen& domain) {
  return !domain.mx.from_mx && domain.hosts.size() == 1 &&
         domain.hosts.front()->seen.error &&
         domain.hosts.front()->seen.error->code == base::Code::no_address;
}

/// Adds findings about the zones that a domain and its hosts lie in, once for each zone.
void add_zones(const DomainSeen& domain, std::vector<Finding>& out) {
  std::set<dns::Name> known;
  const auto add = [&](const auto& zones) {
    for (const auto& zone : zones) {
      if (known.insert(zone->apex).second) add_zone_findings(*zone, out);
    }
  };
  add(domain.zones);
  for (const auto& host : domain.hosts) add(host->seen.zones);
}

/// Worst first, then as the catalogue has them; each once.
void put_in_order(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    const Kind& left = kind_of(a.code);
    const Kind& right = kind_of(b.code);
    if (left.severity != right.severity) return left.severity > right.severity;
    return left.code < right.code;
  });
  std::set<std::tuple<Code, std::string, std::string>> known;
  std::erase_if(findings, [&](const Finding& finding) {
    return !known.emplace(finding.code, finding.subject, finding.detail).second;
  });
}

/// The judgement on a domain whose mail hosts are known.
Judgement judge_hosts(const DomainSeen& domain, std::chrono::sys_seconds now) {
  Judgement out;
  if (takes_no_mail(domain)) {
    out.grade = Grade::not_deployed;
    out.hosts.resize(1);
    out.findings.push_back(
        {Code::no_mail_host, domain.domain.text(), "no MX record and no address"});
    return out;
  }
  add_mx_findings(domain, now, out.findings);
  add_zones(domain, out.findings);
  Work work;
  for (const auto& host : domain.hosts) {
    out.hosts.push_back(access_to(*host, domain.mx, now, work));
    add_name_findings(*host, out.hosts.back(), out.findings);
    if (domain.mx.from_mx && !host->seen.host.aliases.empty()) {
      out.findings.push_back({Code::host_alias, host->seen.name.text(),
                              "stands for " + host->seen.host.canonical.text()});
    }
    out.findings.insert(out.findings.end(), host->judged.findings.begin(),
                        host->judged.findings.end());
  }
  add_shared_keys(domain, out.findings);
  add_text_findings(domain, out.findings);
  put_in_order(out.findings);
  out.grade = grade(domain, out);
  return out;
}

}  // namespace

HostJudged judge(const HostSeen& host, std::chrono::sys_seconds now,
                 const verify::Roots* roots) {
  HostJudged out;
  out.addresses.resize(host.addresses.size());
  judge_by_dane(host, now, out);
  if (roots != nullptr) judge_by_pkix(host, now, *roots, out);
  add_dns_findings(host, now, out.findings);
  add_record_findings(host, out.addresses, now, out.findings);
  add_service_findings(host, out.addresses, now, out.findings);
  return out;
}

Judgement judge(const DomainSeen& domain, std::chrono::sys_seconds now) {
  Judgement out = domain.error ? judge_error(domain) : judge_hosts(domain, now);
  put_cause_first(domain, out);
  return out;
}

Judgement judge(const DomainAudit& done) {
  Judgement out = judge(done.seen, done.moment);
  if (out.grade == Grade::bad_input && !out.findings.empty()) {
    // Evidence has the word in this form, and a replay says what was said.
    const std::string word = base::to_utf8(done.item.word);
    out.findings.front().subject = base::printable(word, base::kName);
  }
  return out;
}

}  // namespace audit

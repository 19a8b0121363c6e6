#include "src/audit/judge.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <tuple>

#include "src/audit/host_findings.h"
#include "src/audit/text_findings.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace audit {
namespace {

using policy::TlsaState;

bool is_proof(const verify::Verdict& verdict) {
  return verdict.outcome == verify::Outcome::dane;
}

/// What a sender that enforces DANE gets to, at an address that was not judged.
Access access_of_error(const AddressFacts& address, bool has_records) {
  const base::Code code = address.error->code;
  const mail::Facts& seen = address.connection;
  const bool handshake = seen.tls_began && !seen.session;
  // Without records a sender goes on in clear text (RFC 7672 2.2).
  if (!has_records) return handshake ? Access::open : Access::unknown;
  if (seen.rejection.severity() == 4) return Access::unknown;
  if (code == base::Code::timeout)
    return Access::unknown;  // a sender may wait longer than we do
  return handshake || base::about(code) == base::About::starttls ? Access::refused
                                                                 : Access::unknown;
}

Access access_of(const HostFacts& host, const AddressFacts& address,
                 const std::optional<verify::Verdict>& verdict) {
  const bool has_records = host.tlsa.state == TlsaState::present;
  if (verdict && !verify::accepted(verdict->outcome)) return Access::refused;
  if (address.error) return access_of_error(address, has_records);
  if (!verdict) return has_records ? Access::unknown : Access::open;
  return is_proof(*verdict) ? Access::proved : Access::encrypted;
}

/// A bound on the work that judging many chains makes, over all of them: more than honest
/// ones ever need.
class Work {
 public:
  explicit Work(const verify::Roots* roots = nullptr) : roots_(roots) {}

  /// Nothing if what is left is not enough for a verdict.
  [[nodiscard]] std::optional<verify::Verdict> check(
      const verify::Chain& chain, const policy::Requirement& requirement,
      std::chrono::sys_seconds now) {
    verify::Context context{now, roots_, {}};
    verify::Budget& budget = context.budget;
    const bool is_less = signatures_ < budget.signatures || steps_ < budget.steps;
    budget.signatures = std::min(budget.signatures, signatures_);
    budget.steps = std::min(budget.steps, steps_);
    verify::Verdict out = verify::check(chain, requirement, context);
    signatures_ -= std::min(signatures_, out.signatures);
    steps_ -= std::min(steps_, out.steps);
    if (is_less && out.reason == verify::Reason::budget_exhausted) return std::nullopt;
    return out;
  }

 private:
  const verify::Roots* roots_;
  std::size_t signatures_ = 1024;
  std::size_t steps_ = 65'536;
};

/// The verdict under the names of the domain too, where names are what is missing (RFC
/// 7672 3.2.2).
std::optional<verify::Verdict> verdict_for(const HostFacts& host,
                                           const AddressFacts& address,
                                           const mail::MailHosts& mx,
                                           std::chrono::sys_seconds now, Work& work) {
  const bool by_name =
      address.verdict && (address.verdict->reason == verify::Reason::name_mismatch ||
                          address.verdict->reason == verify::Reason::too_many_names);
  if (!by_name || mx.security != dns::Security::secure) return address.verdict;
  policy::DnsFacts facts = host.tlsa;
  mail::add_domain_names(mx, facts);
  policy::Requirement requirement = host.requirement;
  requirement.names = std::move(facts.names);
  return work.check(address.connection.chain, requirement, now);
}

/// A host that nobody has to connect to for an answer.
std::optional<Access> access_by_dns(const HostFacts& host) {
  if (host.error) {
    const bool for_good = host.error->code == base::Code::bogus ||
                          host.error->code == base::Code::no_address;
    return for_good ? Access::refused : Access::unknown;
  }
  if (host.tlsa_error) {
    return host.tlsa_error->code == base::Code::local ? Access::unknown : Access::refused;
  }
  const bool asked =
      !host.addresses.empty() || host.untried > 0 || !host.out_of_reach.empty();
  if (host.tlsa.state != TlsaState::present && !asked) return Access::open;
  return std::nullopt;
}

HostResult result_of(const HostFacts& host, const mail::MailHosts& mx,
                     std::chrono::sys_seconds now, Work& work) {
  HostResult out;
  for (const AddressFacts& address : host.addresses) {
    AddressResult one;
    one.verdict = verdict_for(host, address, mx, now, work);
    one.access = access_of(host, address, one.verdict);
    out.addresses.push_back(std::move(one));
  }
  if (const auto access = access_by_dns(host)) {
    out.access = *access;
    return out;
  }
  for (const AddressResult& address : out.addresses) {
    const bool says_more = out.access == Access::unknown || address.access < out.access;
    if (address.access != Access::unknown && says_more) out.access = address.access;
  }
  // One that was not tried may be better.
  if (undecided_addresses(host) > 0 && out.access == Access::refused) {
    out.access = Access::unknown;
  }
  return out;
}

/// Findings about names, which depend on the domain that leads to the host.
void add_name_findings(const HostFacts& host, const HostResult& result,
                       std::vector<Finding>& out) {
  for (std::size_t i = 0; i < result.addresses.size(); ++i) {
    const AddressFacts& address = host.addresses[i];
    const auto& verdict = result.addresses[i].verdict;
    if (!verdict || !address.verdict || verify::accepted(address.verdict->outcome)) {
      continue;
    }
    const std::string subject = subject_of(host.name, address.address);
    if (verify::accepted(verdict->outcome)) {
      out.push_back({Code::base_name_missing, subject, address.verdict->detail});
    } else if (verdict->reason == verify::Reason::name_mismatch ||
               verdict->reason == verify::Reason::too_many_names) {
      out.push_back({Code::name_mismatch, subject, verdict->detail});
    }
  }
}

/// MX hosts that nobody looked at.
std::size_t hosts_beyond(const mail::MailHosts& mx) {
  const auto count =
      std::ranges::count_if(mx.published, mail::is_mail_host, &dns::Mx::host);
  return static_cast<std::size_t>(count) -
         std::min<std::size_t>(static_cast<std::size_t>(count), mx.hosts.size());
}

/// MX records that are no way in, or not for long.
void add_mx_findings(const DomainFacts& facts, std::chrono::sys_seconds now,
                     std::vector<Finding>& out) {
  constexpr std::chrono::hours kSoon{48};
  const std::string domain = facts.domain.text();
  if (!facts.mx.from_mx) {
    out.push_back({Code::mx_implicit, domain, "mail goes to the address of the domain"});
  }
  if (facts.mx.security != dns::Security::secure) {
    out.push_back({Code::mx_insecure, domain, "the answer is insecure"});
  }
  const auto& signature = facts.mx.signature;
  if (signature && facts.mx.security == dns::Security::secure &&
      signature->until - now < kSoon) {
    out.push_back({Code::signature_expires_soon, domain,
                   "that of the MX records: " + verify::to_text(signature->until)});
  }
  for (const dns::Mx& record : facts.mx.published) {
    if (!mail::is_mail_host(record.host) || !record.host.is_host()) {
      out.push_back({Code::mx_odd_target, domain,
                     "MX " + std::to_string(record.preference) + " " +
                         base::printable(record.host.text(), 255) + "."});
    }
  }
  const std::size_t untried = hosts_beyond(facts.mx);
  if (untried > 0) {
    out.push_back({Code::mx_too_many, domain,
                   std::to_string(facts.mx.hosts.size()) + " tried, " +
                       std::to_string(untried) + " more are there"});
  }
}

/// RFC 7672 2.2.3: hosts of other domains with one key, told of once.
void add_shared_keys(const DomainFacts& facts, std::vector<Finding>& out) {
  const auto above = [](const dns::Name& name) {
    const auto& text = name.text();
    const std::size_t dot = text.find('.');
    return dot == std::string::npos ? text : text.substr(dot + 1);
  };
  const auto related = [](const std::string& a, const std::string& b) {
    return ("." + a).ends_with("." + b) || ("." + b).ends_with("." + a);
  };
  std::map<base::Bytes, const HostFacts*> first;
  for (const auto& host : facts.hosts) {
    for (const AddressFacts& address : host->addresses) {
      const auto* chain = std::get_if<verify::Certificates>(&address.connection.chain);
      if (chain == nullptr || chain->empty()) continue;
      const auto leaf = verify::parse_certificate(chain->front());
      if (!leaf) continue;
      const auto [at, is_new] =
          first.emplace(base::Bytes(leaf->spki.begin(), leaf->spki.end()), host.get());
      if (is_new || related(above(at->second->name), above(host->name))) continue;
      out.push_back({Code::shared_key, host->name.text(),
                     "the same key as " + at->second->name.text()});
      break;
    }
  }
}

Result of_error(const DomainFacts& facts) {
  const base::Error& error = *facts.error;
  Result out;
  out.grade = Grade::undecided;
  Code code = Code::mx_lookup_fails;
  if (error.code == base::Code::bogus) {
    code = Code::mx_bogus;
    out.grade = Grade::broken;
  } else if (error.code == base::Code::null_mx) {
    code = Code::mx_null;
    out.grade = Grade::not_deployed;
  } else if (error.code == base::Code::bad_name && error.kind == base::ErrorKind::usage) {
    code = Code::bad_input;
    out.grade = Grade::bad_input;
  } else if (error.code == base::Code::no_domain) {
    code = Code::no_domain;
    out.grade = Grade::not_deployed;
  } else if (error.code == base::Code::no_mail_host) {
    code = Code::mx_none_usable;
    out.grade = Grade::broken;
  }
  out.findings = {{code, facts.domain.text(), error.detail}};
  return out;
}

/// When a chain that is good now is none any more: the end of a certificate behind which
/// the same judge says no, whatever else was sent with it.
std::optional<std::chrono::sys_seconds> good_until(const verify::Chain& chain,
                                                   const policy::Requirement& requirement,
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
    const auto later = work.check(chain, requirement, end + std::chrono::seconds(1));
    if (later && !verify::accepted(later->outcome)) return end;
  }
  return std::nullopt;
}

bool has_records(const HostFacts& host) {
  return host.tlsa_error || host.tlsa.state == TlsaState::present;
}

/// Whether nobody saw what a host shows, although its records want to be met.
bool is_unseen(const HostFacts& host) {
  return host.tlsa.state == TlsaState::present && host.addresses.empty() &&
         host.no_route.empty() && host.out_of_reach.empty();
}

Grade grade_of(const DomainFacts& facts, const Result& result) {
  const auto reaches = [](const HostResult& host) { return host.access <= Access::open; };
  const auto is = [](Access access) {
    return [access](const HostResult& host) { return host.access == access; };
  };
  const bool deployed = std::ranges::any_of(
      facts.hosts, [](const auto& host) { return has_records(*host); });
  const bool all_tried = hosts_beyond(facts.mx) == 0 &&
                         std::ranges::none_of(facts.hosts, [](const auto& host) {
                           return is_unseen(*host) || undecided_addresses(*host) > 0;
                         });
  if (std::ranges::none_of(result.hosts, reaches)) {
    const bool any_refused = std::ranges::any_of(result.hosts, is(Access::refused));
    return any_refused && all_tried ? Grade::broken : Grade::undecided;
  }
  if (!deployed) return Grade::not_deployed;
  const bool all_proved = std::ranges::all_of(result.hosts, [](const HostResult& host) {
    return host.access == Access::proved &&
           std::ranges::all_of(host.addresses, [](const AddressResult& address) {
             return address.access == Access::proved;
           });
  });
  const bool all_asked = std::ranges::all_of(
      facts.hosts, [](const auto& host) { return not_looked_at(*host) == 0; });
  const bool any_error = std::ranges::any_of(result.findings, [](const Finding& finding) {
    return kind_of(finding.code).severity == Severity::error;
  });
  return all_proved && all_tried && all_asked && !any_error ? Grade::enforced
                                                            : Grade::partial;
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

}  // namespace

std::string_view to_text(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "enforced";
    case Grade::not_deployed:
      return "not-deployed";
    case Grade::partial:
      return "partial";
    case Grade::undecided:
      return "undecided";
    case Grade::broken:
      return "broken";
    case Grade::bad_input:
      return "bad-input";
  }
  return "?";
}

std::string_view to_text(Access access) {
  switch (access) {
    case Access::proved:
      return "proved";
    case Access::encrypted:
      return "encrypted";
    case Access::open:
      return "open";
    case Access::refused:
      return "refused";
    case Access::unknown:
      return "unknown";
  }
  return "?";
}

void judge_host(HostFacts& host, std::chrono::sys_seconds now) {
  Work work;
  for (AddressFacts& address : host.addresses) {
    if (!address.connection.session) continue;
    policy::Requirement requirement = host.requirement;
    if (address.despite_key_usage) {
      requirement = client::despite_key_usage(requirement).value_or(requirement);
    }
    if (host.tlsa.state == TlsaState::present) {
      address.verdict = work.check(address.connection.chain, requirement, now);
    }
  }
  Work later;
  for (AddressFacts& address : host.addresses) {
    if (!address.verdict || !address.verdict->record) continue;
    const dns::Tlsa& record = host.requirement.records.at(*address.verdict->record);
    if (record.usage != dns::kDaneTa) continue;
    address.good_until =
        good_until(address.connection.chain, host.requirement, now, later);
  }
  add_dns_findings(host, now, host.findings);
  add_record_findings(host, now, host.findings);
  add_service_findings(host, now, host.findings);
}

void judge_by_pkix(HostFacts& host, const verify::Roots& roots,
                   std::chrono::sys_seconds now) {
  policy::Requirement requirement;
  requirement.proof = policy::Proof::pkix;
  requirement.names = {host.name};
  Work work(&roots);
  for (AddressFacts& address : host.addresses) {
    if (!address.connection.session) continue;
    address.pkix = work.check(address.connection.chain, requirement, now);
  }
}

Result judge_domain(const DomainFacts& facts, std::chrono::sys_seconds now) {
  if (facts.error) return of_error(facts);
  Result out;
  add_mx_findings(facts, now, out.findings);
  Work work;
  std::set<dns::Name> zones;
  const auto add_zones = [&](const auto& some) {
    for (const auto& zone : some) {
      if (zones.insert(zone->apex).second) add_zone_findings(*zone, out.findings);
    }
  };
  add_zones(facts.zones);
  for (const auto& host : facts.hosts) {
    out.hosts.push_back(result_of(*host, facts.mx, now, work));
    add_name_findings(*host, out.hosts.back(), out.findings);
    if (facts.mx.from_mx && !host->host.aliases.empty()) {
      out.findings.push_back({Code::host_alias, host->name.text(),
                              "stands for " + host->host.canonical.text()});
    }
    out.findings.insert(out.findings.end(), host->findings.begin(), host->findings.end());
    add_zones(host->zones);
  }
  add_shared_keys(facts, out.findings);
  add_text_findings(facts, out.findings);
  put_in_order(out.findings);
  out.grade = grade_of(facts, out);
  return out;
}

}  // namespace audit

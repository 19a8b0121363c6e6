#include "src/audit/judge.h"

#include <algorithm>
#include <map>
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
  const std::string& code = address.error->code;
  const mail::Facts& seen = address.connection;
  const bool handshake = seen.tls_began && !seen.session;
  // Without records a sender goes on in clear text (RFC 7672 2.2).
  if (!has_records) return handshake ? Access::open : Access::unknown;
  if (seen.rejection.severity() == 4) return Access::unknown;
  return handshake || code.starts_with("starttls") ? Access::refused : Access::unknown;
}

Access access_of(const HostFacts& host, const AddressFacts& address,
                 const std::optional<verify::Verdict>& verdict) {
  const bool has_records = host.tlsa.state == TlsaState::present;
  if (verdict && !verify::accepted(verdict->outcome)) return Access::refused;
  if (address.error) return access_of_error(address, has_records);
  if (!verdict) return has_records ? Access::unknown : Access::open;
  return is_proof(*verdict) ? Access::proved : Access::encrypted;
}

/// A bound on the work that judging many chains makes, over all of them: the signatures
/// that honest ones never need.
class Work {
 public:
  explicit Work(const verify::Roots* roots = nullptr) : roots_(roots) {}

  [[nodiscard]] verify::Verdict check(const verify::Chain& chain,
                                      const policy::Requirement& requirement,
                                      std::chrono::sys_seconds now) {
    verify::Context context{now, roots_, {}};
    context.budget.signatures = std::min(context.budget.signatures, left_);
    verify::Verdict out = verify::check(chain, requirement, context);
    left_ -= std::min(left_, out.signatures);
    return out;
  }

 private:
  const verify::Roots* roots_;
  std::size_t left_ = 1024;  // signatures
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
    const bool for_good = host.error->code == "bogus" || host.error->code == "no_address";
    return for_good ? Access::refused : Access::unknown;
  }
  if (host.tlsa_error) return Access::refused;
  const bool asked = !host.addresses.empty();
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
    const std::string subject =
        host.name.text() + " [" + net::to_text(address.address) + "]";
    if (verify::accepted(verdict->outcome)) {
      out.push_back({Code::base_name_missing, subject, address.verdict->detail});
    } else if (verdict->reason == verify::Reason::name_mismatch ||
               verdict->reason == verify::Reason::too_many_names) {
      out.push_back({Code::name_mismatch, subject, verdict->detail});
    }
  }
}

/// MX records that are no way in.
void add_mx_findings(const DomainFacts& facts, std::vector<Finding>& out) {
  const std::string domain = facts.domain.text();
  if (!facts.mx.from_mx) {
    out.push_back({Code::mx_implicit, domain, "mail goes to the address of the domain"});
  }
  if (facts.mx.security != dns::Security::secure) {
    out.push_back({Code::mx_insecure, domain, "the answer is insecure"});
  }
  std::size_t hosts = 0;
  for (const dns::Mx& record : facts.mx.published) {
    if (mail::is_mail_host(record.host)) ++hosts;
    if (!mail::is_mail_host(record.host) || !record.host.is_host()) {
      out.push_back({Code::mx_odd_target, domain,
                     "MX " + std::to_string(record.preference) + " " +
                         base::printable(record.host.text(), 255) + "."});
    }
  }
  if (hosts > mail::kMostHosts) {
    out.push_back({Code::mx_too_many, domain, std::to_string(hosts) + " MX hosts"});
  }
}

/// RFC 7672 2.2.3: hosts of other domains with one key, told of once.
void add_shared_keys(const DomainFacts& facts, std::vector<Finding>& out) {
  const auto above = [](const dns::Name& name) {
    const auto& text = name.text();
    const std::size_t dot = text.find('.');
    return dot == std::string::npos ? text : text.substr(dot + 1);
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
      if (is_new || above(at->second->name) == above(host->name)) continue;
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
  if (error.code == "bogus") {
    code = Code::mx_bogus;
    out.grade = Grade::broken;
  } else if (error.code == "null_mx") {
    code = Code::mx_null;
    out.grade = Grade::not_deployed;
  } else if (error.code == "no_domain" || error.code == "bad_name") {
    code = Code::no_domain;
    out.grade = Grade::not_deployed;
  } else if (error.code == "no_mail_host") {
    code = Code::mx_none_usable;
    out.grade = Grade::broken;
  }
  out.findings = {{code, facts.domain.text(), error.detail}};
  return out;
}

bool has_records(const HostFacts& host) {
  return host.tlsa_error || host.tlsa.state == TlsaState::present;
}

Grade grade_of(const DomainFacts& facts, const Result& result) {
  const auto reaches = [](const HostResult& host) { return host.access <= Access::open; };
  const auto is = [](Access access) {
    return [access](const HostResult& host) { return host.access == access; };
  };
  const bool deployed = std::ranges::any_of(
      facts.hosts, [](const auto& host) { return has_records(*host); });
  if (std::ranges::none_of(result.hosts, reaches)) {
    if (std::ranges::any_of(result.hosts, is(Access::refused))) return Grade::broken;
    return Grade::undecided;
  }
  if (!deployed) return Grade::not_deployed;
  const bool all_proved = std::ranges::all_of(result.hosts, [](const HostResult& host) {
    return host.access == Access::proved &&
           std::ranges::all_of(host.addresses, [](const AddressResult& address) {
             return address.access == Access::proved;
           });
  });
  const bool all_tried = std::ranges::all_of(
      facts.hosts, [](const auto& host) { return host->untried == 0; });
  const bool any_error = std::ranges::any_of(result.findings, [](const Finding& finding) {
    return kind_of(finding.code).severity == Severity::error;
  });
  return all_proved && all_tried && !any_error ? Grade::enforced : Grade::partial;
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
  add_mx_findings(facts, out.findings);
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

#include "src/audit/domain_findings.h"

#include <map>

#include "src/audit/access.h"
#include "src/audit/soon.h"
#include "verify/certificate.h"

namespace audit {
namespace {

/// The name without its first label, unless that is all.
std::string parent_of(const dns::Name& name) {
  const auto& text = name.text();
  const std::size_t dot = text.find('.');
  return dot == std::string::npos ? text : text.substr(dot + 1);
}

/// Whether one name is the other, or lies below it.
bool are_related(const std::string& a, const std::string& b) {
  return ("." + a).ends_with("." + b) || ("." + b).ends_with("." + a);
}

/// The key of the certificate that an address shows.
std::optional<base::Bytes> certified_key(const AddressSeen& address) {
  const auto* chain = std::get_if<verify::Certificates>(&usual(address).chain);
  if (chain == nullptr || chain->empty()) return std::nullopt;
  const auto leaf = verify::parse_certificate(chain->front());
  if (!leaf) return std::nullopt;
  return base::Bytes(leaf->spki.begin(), leaf->spki.end());
}

}  // namespace

void add_mx_findings(const DomainSeen& domain, std::chrono::sys_seconds now,
                     std::vector<Finding>& out) {
  const std::string subject = domain.domain.text();
  const mail::MailHosts& mx = domain.mx;
  const bool is_secure = mx.security == dns::Security::secure;
  if (!mx.from_mx) {
    out.push_back({Code::mx_implicit, subject, "mail goes to the address of the domain"});
  }
  if (!is_secure) out.push_back({Code::mx_insecure, subject, "the answer is not signed"});
  if (mx.signature && is_secure && mx.signature->until - now < kSignatureSoon) {
    out.push_back({Code::signature_expires_soon, subject,
                   "that of the MX records: " + verify::to_text(mx.signature->until)});
  }
  for (const dns::Mx& record : mx.published) {
    if (mail::is_mail_host(record.host) && record.host.is_host()) continue;
    out.push_back({Code::mx_odd_target, subject,
                   "MX " + std::to_string(record.preference) + " " +
                       base::printable(record.host.text(), base::kName) + "."});
  }
  const std::size_t untried = hosts_beyond(mx);
  if (untried > 0) {
    out.push_back({Code::mx_too_many, subject,
                   std::to_string(mx.hosts.size()) + " tried, " +
                       std::to_string(untried) + " more are there"});
  }
}

void add_name_findings(const HostAudit& host, const HostAccess& access,
                       std::vector<Finding>& out) {
  for (std::size_t i = 0; i < access.addresses.size(); ++i) {
    const auto& verdict = access.addresses[i].verdict;
    const auto& by_host = host.judged.addresses.at(i).verdict;
    if (!verdict || !by_host || verify::accepted(by_host->outcome)) continue;
    const std::string subject =
        subject_of(host.seen.name, host.seen.addresses[i].address);
    if (verify::accepted(verdict->outcome)) {
      out.push_back({Code::base_name_missing, subject, by_host->detail});
    } else if (verdict->reason == verify::Reason::name_mismatch ||
               verdict->reason == verify::Reason::too_many_names) {
      out.push_back({Code::name_mismatch, subject, verdict->detail});
    }
  }
}

void add_shared_keys(const DomainSeen& domain, std::vector<Finding>& out) {
  std::map<base::Bytes, const HostSeen*> first;
  for (const auto& host : domain.hosts) {
    const HostSeen& seen = host->seen;
    for (const AddressSeen& address : seen.addresses) {
      auto key = certified_key(address);
      if (!key) continue;
      const auto [at, is_new] = first.emplace(std::move(*key), &seen);
      const dns::Name& other = at->second->name;
      if (is_new || are_related(parent_of(other), parent_of(seen.name))) continue;
      out.push_back(
          {Code::shared_key, seen.name.text(), "the same key as " + other.text()});
      break;
    }
  }
}

}  // namespace audit

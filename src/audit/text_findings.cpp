#include "src/audit/text_findings.h"

#include <algorithm>

#include "src/mail/domain_records.h"

namespace audit {
namespace {

bool any_starts_with(const std::vector<std::string>& texts, std::string_view start) {
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return text.starts_with(start); });
}

Code code_of(const base::Error& error) {
  if (error.code == base::Code::untrusted) return Code::sts_untrusted;
  if (error.code == base::Code::bad_policy) return Code::sts_bad_policy;
  if (error.code == base::Code::private_address) return Code::private_address;
  return Code::sts_unreachable;
}

/// What keeps a sender that wants TLS and a certificate of a CA away (RFC 8461 4.2).
std::optional<std::string> why_untrusted(const Shown& shown,
                                         const AddressJudged& judged) {
  if (judged.pkix) {
    if (verify::accepted(judged.pkix->outcome)) return std::nullopt;
    return judged.pkix->detail;
  }
  if (!shown.error) return "there is no TLS";
  const bool is_about_tls = base::about(shown.error->code) == base::About::starttls ||
                            (shown.tls_began && !shown.session);
  return is_about_tls ? std::optional(shown.error->detail) : std::nullopt;
}

/// Why a sender that goes by a policy does not get to a host that the policy lists, at
/// each address.
void add_untrusted(const HostAudit& host, std::vector<Finding>& out) {
  for (std::size_t i = 0; i < host.seen.addresses.size(); ++i) {
    const AddressSeen& address = host.seen.addresses[i];
    if (const auto why = why_untrusted(usual(address), host.judged.addresses.at(i))) {
      out.push_back(
          {Code::sts_host_untrusted, subject_of(host.seen.name, address.address), *why});
    }
  }
}

/// Whether a sender that holds the hosts of a domain to its policy gets through, host by
/// host (RFC 8461 4).
void add_policy_findings(const DomainSeen& domain, const mail::StsPolicy& policy,
                         std::vector<Finding>& out) {
  if (policy.mode != mail::StsMode::enforce) {
    out.push_back({Code::sts_not_enforced, domain.domain.text(),
                   "mode " + std::string(mail::to_text(policy.mode))});
  }
  if (policy.mode == mail::StsMode::none) return;
  for (const auto& host : domain.hosts) {
    const bool listed = std::ranges::any_of(policy.hosts, [&](const std::string& one) {
      return mail::matches(one, host->seen.name);
    });
    if (listed) {
      add_untrusted(*host, out);
    } else {
      out.push_back({Code::sts_disagrees, host->seen.name.text(),
                     "no mx line of the policy matches"});
    }
  }
}

void add_sts_findings(const DomainSeen& domain, std::vector<Finding>& out) {
  const std::string name = domain.domain.text();
  if (!any_starts_with(*domain.sts, "v=STSv1")) {
    out.push_back({Code::sts_absent, name, "nothing at _mta-sts." + name});
  } else if (!mail::sts_id(*domain.sts)) {
    out.push_back({Code::sts_invalid, name, "at _mta-sts." + name});
  }
  if (!domain.sts_policy) return;
  if (const auto& error = domain.sts_policy->error) {
    out.push_back({code_of(*error), "mta-sts." + name, error->detail});
  } else {
    add_policy_findings(domain, domain.sts_policy->policy, out);
  }
}

}  // namespace

void add_text_findings(const DomainSeen& domain, std::vector<Finding>& out) {
  const std::string name = domain.domain.text();
  if (domain.sts) add_sts_findings(domain, out);
  if (!domain.tlsrpt) return;
  if (!std::ranges::any_of(*domain.tlsrpt, mail::looks_like_report_record)) {
    out.push_back({Code::tlsrpt_absent, name, "nothing at _smtp._tls." + name});
  } else if (const auto targets = mail::read_targets(*domain.tlsrpt); !targets.valid) {
    out.push_back({Code::tlsrpt_invalid, name,
                   "at _smtp._tls." + name + ": " + targets.faults.front()});
  }
}

}  // namespace audit

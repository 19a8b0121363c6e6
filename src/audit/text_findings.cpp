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
std::optional<std::string> why_untrusted(const AddressFacts& address) {
  if (address.pkix) {
    if (verify::accepted(address.pkix->outcome)) return std::nullopt;
    return address.pkix->detail;
  }
  if (!address.error) return "there is no TLS";
  const bool tls = base::about(address.error->code) == base::About::starttls ||
                   (address.connection.tls_began && !address.connection.session);
  return tls ? std::optional(address.error->detail) : std::nullopt;
}

/// Whether a sender that holds the hosts of a domain to its policy gets through, host by
/// host (RFC 8461 4).
void add_policy_findings(const DomainFacts& facts, const mail::StsPolicy& policy,
                         std::vector<Finding>& out) {
  if (policy.mode != mail::StsMode::enforce) {
    out.push_back({Code::sts_not_enforced, facts.domain.text(),
                   "mode " + std::string(mail::to_text(policy.mode))});
  }
  if (policy.mode == mail::StsMode::none) return;
  for (const auto& host : facts.hosts) {
    const bool listed = std::ranges::any_of(policy.hosts, [&](const std::string& one) {
      return mail::matches(one, host->name);
    });
    if (!listed) {
      out.push_back(
          {Code::sts_disagrees, host->name.text(), "no mx line of the policy matches"});
      continue;
    }
    for (const AddressFacts& address : host->addresses) {
      if (const auto why = why_untrusted(address)) {
        out.push_back(
            {Code::sts_host_untrusted, subject_of(host->name, address.address), *why});
      }
    }
  }
}

void add_sts_findings(const DomainFacts& facts, std::vector<Finding>& out) {
  const std::string domain = facts.domain.text();
  if (!any_starts_with(*facts.sts, "v=STSv1")) {
    out.push_back({Code::sts_absent, domain, "nothing at _mta-sts." + domain});
  } else if (!mail::sts_id(*facts.sts)) {
    out.push_back({Code::sts_invalid, domain, "at _mta-sts." + domain});
  }
  if (!facts.sts_policy) return;
  if (const auto& error = facts.sts_policy->error) {
    out.push_back({code_of(*error), "mta-sts." + domain, error->detail});
  } else {
    add_policy_findings(facts, facts.sts_policy->policy, out);
  }
}

}  // namespace

void add_text_findings(const DomainFacts& facts, std::vector<Finding>& out) {
  const std::string domain = facts.domain.text();
  if (facts.sts) add_sts_findings(facts, out);
  if (!facts.tlsrpt) return;
  if (!std::ranges::any_of(*facts.tlsrpt, mail::looks_like_report_record)) {
    out.push_back({Code::tlsrpt_absent, domain, "nothing at _smtp._tls." + domain});
  } else if (const auto targets = mail::read_targets(*facts.tlsrpt); !targets.valid) {
    out.push_back({Code::tlsrpt_invalid, domain,
                   "at _smtp._tls." + domain + ": " + targets.faults.front()});
  }
}

}  // namespace audit

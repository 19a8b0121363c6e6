// What a sender that enforces DANE gets to, and the grade that follows. The words of a
// grade are promises: `enforced` says that no attacker on the way gets the mail, `broken`
// says that mail is being deferred now. Whoever reads `broken` is called out of bed, and
// whoever reads `enforced` sleeps. So both are said only of what was seen:
//
//  - A host is refused when a sender would have seen what we saw and gone away: a chain
//    that the records do not match, no STARTTLS although there are records, a handshake
//    that breaks off, or a look-up of TLSA records that fails (RFC 7672 2.1.2: such a
//    host must not be used). A silence of ours is not one: a sender may wait longer than
//    an audit does, so that a time-out decides nothing.
//  - A host without records is open, whatever goes wrong in its TLS, for a sender then
//    goes on in clear text (RFC 7672 2.2).
//  - What nobody looked at (addresses beyond those that are tried, those that were left
//    alone, MX hosts beyond the 64th) may be fine and may be broken: it can turn neither
//    into `enforced` nor into `broken`.
//  - One way in that is proved does not make a domain enforced: an attacker who can stop
//    the packets to the good host chooses which one is used.
#include "src/audit/access.h"

#include <algorithm>

namespace audit {
namespace {

bool is_proof(const verify::Verdict& verdict) {
  return verdict.outcome == verify::Outcome::dane;
}

/// What a sender that enforces DANE gets to where a conversation came to no good end and
/// no verdict.
Access access_despite_error(const Shown& shown, bool has_records) {
  const bool handshake = shown.tls_began && !shown.session;
  // Without records a sender goes on in clear text (RFC 7672 2.2).
  if (!has_records) return handshake ? Access::open : Access::unknown;
  if (shown.rejection.severity() == 4) return Access::unknown;
  // A sender may wait longer than an audit does.
  if (shown.error->code == base::Code::timeout) return Access::unknown;
  const bool no_starttls = base::about(shown.error->code) == base::About::starttls;
  return handshake || no_starttls ? Access::refused : Access::unknown;
}

Access access_to_address(const HostSeen& host, const Shown& shown,
                         const std::optional<verify::Verdict>& verdict) {
  const bool has_records = has_secure_records(host);
  if (verdict && !verify::accepted(verdict->outcome)) return Access::refused;
  if (shown.error) return access_despite_error(shown, has_records);
  if (!verdict) return has_records ? Access::unknown : Access::open;
  return is_proof(*verdict) ? Access::proved : Access::encrypted;
}

/// Whether names are what a chain lacks, so that those of the domain may help (RFC 7672
/// 3.2.2).
bool lacks_names(const std::optional<verify::Verdict>& verdict) {
  return verdict && (verdict->reason == verify::Reason::name_mismatch ||
                     verdict->reason == verify::Reason::too_many_names);
}

/// The verdict under the names of the domain too, where names are what is missing and the
/// MX records are secure.
std::optional<verify::Verdict> verdict_for_domain(
    const HostSeen& host, const Shown& shown,
    const std::optional<verify::Verdict>& verdict, const mail::MailHosts& mx,
    std::chrono::sys_seconds now, Work& work) {
  if (!lacks_names(verdict) || mx.security != dns::Security::secure) return verdict;
  policy::DnsFacts facts = host.tlsa;
  mail::add_domain_names(mx, facts);
  policy::Requirement required = requirement(host);
  required.names = std::move(facts.names);
  return work.check(shown.chain, required, now);
}

/// What is known of a host without a connection to it.
std::optional<Access> access_by_dns(const HostSeen& host) {
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
  if (!has_secure_records(host) && !asked) return Access::open;
  return std::nullopt;
}

/// The best of several accesses; what is unknown says least.
Access best_of(const std::vector<AddressAccess>& addresses) {
  Access out = Access::unknown;
  for (const AddressAccess& address : addresses) out = std::min(out, address.access);
  return out;
}

bool has_records(const HostSeen& host) {
  return host.tlsa_error || has_secure_records(host);
}

/// Whether nobody saw what a host shows, although its records want to be met.
bool is_unseen(const HostSeen& host) {
  return has_secure_records(host) && host.addresses.empty() && host.no_route.empty() &&
         host.out_of_reach.empty();
}

/// Whether every host and every address that could be a way in was tried.
bool is_all_tried(const DomainSeen& domain) {
  return hosts_beyond(domain.mx) == 0 &&
         std::ranges::none_of(domain.hosts, [](const auto& host) {
           return is_unseen(host->seen) || undecided_addresses(*host) > 0;
         });
}

bool has_error(const Judgement& judgement) {
  return std::ranges::any_of(judgement.findings, [](const Finding& finding) {
    return kind_of(finding.code).severity == Severity::error;
  });
}

}  // namespace

HostAccess access_to(const HostAudit& host, const mail::MailHosts& mx,
                     std::chrono::sys_seconds now, Work& work) {
  HostAccess out;
  for (std::size_t i = 0; i < host.seen.addresses.size(); ++i) {
    const Shown& shown = usual(host.seen.addresses[i]);
    AddressAccess one;
    one.verdict = verdict_for_domain(host.seen, shown,
                                     host.judged.addresses.at(i).verdict, mx, now, work);
    one.access = access_to_address(host.seen, shown, one.verdict);
    out.addresses.push_back(std::move(one));
  }
  if (const auto access = access_by_dns(host.seen)) {
    out.access = *access;
    return out;
  }
  out.access = best_of(out.addresses);
  // An address that was not tried may be better.
  if (undecided_addresses(host) > 0 && out.access == Access::refused) {
    out.access = Access::unknown;
  }
  return out;
}

bool turns_away(const HostAudit& host) {
  const auto is_bogus = [](const std::optional<base::Error>& error) {
    return error && error->code == base::Code::bogus;
  };
  if (is_bogus(host.seen.error) || is_bogus(host.seen.tlsa_error)) return true;
  if (!has_secure_records(host.seen)) return false;
  for (std::size_t i = 0; i < host.seen.addresses.size(); ++i) {
    const Access access = access_to_address(host.seen, usual(host.seen.addresses[i]),
                                            host.judged.addresses.at(i).verdict);
    if (access == Access::refused) return true;
  }
  return false;
}

std::size_t hosts_beyond(const mail::MailHosts& mx) {
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(mx.published, mail::is_mail_host, &dns::Mx::host));
  return count - std::min(count, mx.hosts.size());
}

Grade grade(const DomainSeen& domain, const Judgement& judgement) {
  const bool any_reached = std::ranges::any_of(
      judgement.hosts,
      [](const HostAccess& host) { return host.access <= Access::open; });
  const bool all_tried = is_all_tried(domain);
  if (!any_reached) {
    const bool any_refused = std::ranges::any_of(
        judgement.hosts,
        [](const HostAccess& host) { return host.access == Access::refused; });
    return any_refused && all_tried ? Grade::broken : Grade::undecided;
  }
  const bool deployed = std::ranges::any_of(
      domain.hosts, [](const auto& host) { return has_records(host->seen); });
  if (!deployed) return Grade::not_deployed;
  const bool all_asked = std::ranges::all_of(
      domain.hosts, [](const auto& host) { return not_looked_at(host->seen) == 0; });
  const bool is_enforced = std::ranges::all_of(judgement.hosts, is_all_proved) &&
                           all_tried && all_asked && !has_error(judgement);
  return is_enforced ? Grade::enforced : Grade::partial;
}

}  // namespace audit

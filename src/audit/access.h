#pragma once

#include "src/audit/judgement.h"
#include "src/audit/work.h"

namespace audit {

/// What a sender that enforces DANE finds at a host, when these MX records have led it
/// there (RFC 7672 2). Pure.
[[nodiscard]] HostAccess access_to(const HostAudit& host, const mail::MailHosts& mx,
                                   std::chrono::sys_seconds now, Work& work);

/// Whether a sender that enforces DANE goes away from the host, or from one of its
/// addresses, for what it shows and not for its silence: a key that the records do not
/// name, no STARTTLS beside records, answers that are bogus. Under the names of the host
/// alone. Pure.
[[nodiscard]] bool turns_away(const HostAudit& host);

/// What a domain's MX records and the access to its hosts come to. Pure.
[[nodiscard]] Grade grade(const DomainSeen& domain, const Judgement& judgement);

/// How many mail hosts the MX records name beyond those that were looked at.
[[nodiscard]] std::size_t hosts_beyond(const mail::MailHosts& mx);

}  // namespace audit

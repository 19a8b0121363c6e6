#pragma once

#include "src/audit/judgement.h"
#include "src/audit/work.h"

namespace audit {

/// What a sender that enforces DANE finds at a host, when these MX records have led it
/// there (RFC 7672 2). Pure.
[[nodiscard]] HostAccess access_to(const HostAudit& host, const mail::MailHosts& mx,
                                   std::chrono::sys_seconds now, Work& work);

/// What a domain's MX records and the access to its hosts come to. Pure.
[[nodiscard]] Grade grade(const DomainSeen& domain, const Judgement& judgement);

/// How many mail hosts the MX records name beyond those that were looked at.
[[nodiscard]] std::size_t hosts_beyond(const mail::MailHosts& mx);

}  // namespace audit

#pragma once

#include "src/audit/judgement.h"

namespace audit {

/// Adds findings about the MX records of a domain: those that are no way in, or not for
/// long.
void add_mx_findings(const DomainSeen& domain, std::chrono::sys_seconds now,
                     std::vector<Finding>& out);

/// Adds findings about names in the certificates of a host, which depend on the domain
/// that leads to it (RFC 7672 3.2.2).
void add_name_findings(const HostAudit& host, const HostAccess& access,
                       std::vector<Finding>& out);

/// Adds a finding for each host that has its key in common with a host of another domain,
/// once (RFC 7672 2.2.3).
void add_shared_keys(const DomainSeen& domain, std::vector<Finding>& out);

}  // namespace audit

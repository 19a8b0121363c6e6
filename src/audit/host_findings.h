#pragma once

#include "src/audit/facts.h"

namespace audit {

/// Findings about a host that hold whatever domain uses it, in three groups; each reads
/// facts and verdicts that are already there.
void add_dns_findings(const HostFacts& host, std::chrono::sys_seconds now,
                      std::vector<Finding>& out);
void add_record_findings(const HostFacts& host, std::chrono::sys_seconds now,
                         std::vector<Finding>& out);
void add_service_findings(const HostFacts& host, std::chrono::sys_seconds now,
                          std::vector<Finding>& out);

/// The same about the keys of a zone.
void add_zone_findings(const ZoneFacts& zone, std::vector<Finding>& out);

}  // namespace audit

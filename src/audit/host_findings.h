#pragma once

#include <span>

#include "src/audit/judged.h"

namespace audit {

/// Adds findings about what the DNS says of a host: look-ups, name servers, signatures.
void add_dns_findings(const HostSeen& host, std::chrono::sys_seconds now,
                      std::vector<Finding>& out);

/// Adds findings about the TLSA records of a host beside what its addresses show, each
/// with the judgement on it.
void add_record_findings(const HostSeen& host, std::span<const AddressJudged> judged,
                         std::chrono::sys_seconds now, std::vector<Finding>& out);

/// Adds findings about what the addresses of a host answer, each with the judgement on
/// it.
void add_service_findings(const HostSeen& host, std::span<const AddressJudged> judged,
                          std::chrono::sys_seconds now, std::vector<Finding>& out);

/// Adds findings about the keys of a zone.
void add_zone_findings(const ZoneSeen& zone, std::vector<Finding>& out);

}  // namespace audit

#pragma once

#include <vector>

#include "src/audit/judged.h"

namespace audit {

/// Adds findings about what is announced beside the TLSA records: MTA-STS (RFC 8461) and
/// TLS reports (RFC 8460).
void add_text_findings(const DomainSeen& domain, std::vector<Finding>& out);

}  // namespace audit

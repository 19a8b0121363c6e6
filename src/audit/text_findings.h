#pragma once

#include <vector>

#include "src/audit/facts.h"

namespace audit {

/// Findings about what is announced beside the TLSA records: MTA-STS (RFC 8461) and TLS
/// reports (RFC 8460).
void add_text_findings(const DomainFacts& facts, std::vector<Finding>& out);

}  // namespace audit

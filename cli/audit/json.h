// cli/audit: how the results of dane audit are shown. A report a file; each takes
// audit::DomainAudit values and decides nothing.
#pragma once

#include <string>

#include "src/audit/item.h"

namespace cli::audit {

/// The version of the objects that `json_line` writes; docs/json.md describes them.
inline constexpr int kSchema = 1;

/// A domain as one line of JSON, with its line end.
[[nodiscard]] std::string json_line(const ::audit::DomainAudit& audited);

}  // namespace cli::audit

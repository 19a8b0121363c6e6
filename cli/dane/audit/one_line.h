#pragma once

#include <string>

#include "cli/terminal.h"
#include "src/audit/item.h"

namespace cli::report {

/// A domain in one line of so many columns: its grade, its name, and why.
[[nodiscard]] std::string one_line(const audit::DomainAudit& audited, const Paint& paint,
                                   std::size_t columns);

}  // namespace cli::report

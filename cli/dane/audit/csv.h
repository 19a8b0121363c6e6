#pragma once

#include <string>
#include <string_view>

#include "src/audit/item.h"

namespace cli::report {

/// The names of the columns, as the first line has them.
[[nodiscard]] std::string csv_head();

/// A domain as a line of comma-separated values (RFC 4180, but for the line end, which is
/// that of the other outputs).
[[nodiscard]] std::string csv_line(const audit::DomainAudit& audited);

}  // namespace cli::report

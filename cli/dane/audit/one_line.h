#pragma once

#include <string>

#include "cli/terminal.h"
#include "src/audit/item.h"

namespace cli::report {

/// Room for most names of domains; a longer one pushes what stands behind it.
inline constexpr std::size_t kFewNameColumns = 24;

/// A domain in one line of so many columns: its grade, its name, and why. Names that are
/// in lines of their own under one another get the columns of the longest.
[[nodiscard]] std::string one_line(const audit::DomainAudit& audited, const Paint& paint,
                                   std::size_t columns,
                                   std::size_t name_columns = kFewNameColumns);

}  // namespace cli::report

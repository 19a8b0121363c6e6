#pragma once

#include <string>

#include "cli/terminal.h"
#include "src/audit/item.h"

namespace cli::report {

/// How a report for people looks.
struct Look {
  Paint paint;
  std::size_t columns = 80;
  bool verbose = false;  ///< every record and certificate, every note
};

/// A domain for people: its grade, why, its mail servers, and what to do about each
/// finding.
[[nodiscard]] std::string text_of(const audit::DomainAudit& audited, const Look& look);

}  // namespace cli::report

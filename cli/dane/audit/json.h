// cli/dane/audit: the runs of dane audit: what they read and how their results are shown.
//
// input.h reads domains, run.h audits them once and watch.h again and again; output.h is
// the file of lines that survives the end of the program. A report has a file (text,
// json, html, sqlite, monitoring.h for Nagios and Prometheus); each takes
// audit::DomainAudit values and decides nothing. printer.h has those of standard output
// in their order; grade_words.h are the words that people read, summary.h what a run adds
// up to; stored_runs.h lays two runs side by side.
#pragma once

#include <string>

#include "src/audit/item.h"

namespace cli::report {

/// The version of the objects that `json_line` writes; docs/json.md describes them.
inline constexpr int kSchema = 1;

/// A domain as one line of JSON, with its line end.
[[nodiscard]] std::string json_line(const audit::DomainAudit& audited);

}  // namespace cli::report

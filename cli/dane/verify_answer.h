#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/dane/command.h"
#include "cli/terminal.h"
#include "src/client/report.h"

namespace cli::dane {

/// What became of a chain in a file.
struct VerifyAnswer {
  verify::Verdict verdict;
  std::vector<dns::Tlsa> records;  ///< by which it was judged
  /// Host, port and facts where the records were looked up; with an error there was
  /// nothing to judge by.
  std::optional<client::Report> live;
};

/// Why there are no records to judge by; null if there are.
[[nodiscard]] const base::Error* error_of(const VerifyAnswer& answer);

/// The exit status: no proof is a finding, also where secure records do not exist; a
/// look-up that failed ends as its error does.
[[nodiscard]] Outcome outcome_of(const VerifyAnswer& answer);

/// The object of `dane verify --json` (docs/json.md), with its line end.
[[nodiscard]] std::string json_of(const VerifyAnswer& answer);

/// The verdict for people, where the records are from, and a line for each.
[[nodiscard]] std::string text_of(const VerifyAnswer& answer, const Paint& paint,
                                  std::chrono::sys_seconds now);

}  // namespace cli::dane

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/dane/check_job.h"
#include "cli/terminal.h"
#include "src/client/report.h"

namespace cli::dane {

/// What came of it: the DNS facts, and a report for each address that was tried.
struct Checked {
  policy::DnsFacts facts;
  std::vector<client::Report> peers;
  std::optional<base::Error> error;  ///< before any address could be tried
};

/// The exit status. A peer that is not proved outweighs one that is not reached, and that
/// one outweighs those that are proved.
[[nodiscard]] Outcome outcome_of(const Checked& checked);

/// The object of `dane check --json` (docs/json.md), with its line end.
[[nodiscard]] std::string json_of(const CheckJob& job, const Checked& checked);

/// DNS facts, then session, chain and verdict of each peer, for people.
[[nodiscard]] std::string text_of(const CheckJob& job, const Checked& checked,
                                  const Paint& paint, std::chrono::sys_seconds now);

}  // namespace cli::dane

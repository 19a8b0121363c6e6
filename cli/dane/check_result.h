#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/dane/check_job.h"
#include "src/base/json.h"
#include "src/client/report.h"

namespace cli::dane {

/// What came of it: the DNS facts, and a report for each address that was tried. With an
/// error that is one of missing records the addresses were looked at all the same.
struct Checked {
  policy::DnsFacts facts;
  std::vector<client::Report> peers;
  bool every =
      false;  ///< an address that is not reached counts beside one that is proved
  std::optional<base::Error> error;  ///< why no address can be right
};

/// What the end of one peer means; the end without an error is a good one.
[[nodiscard]] Outcome outcome_of(const std::optional<base::Error>& error);

/// The exit status of several ends. One that is not proved outweighs all others; one that
/// is not reached outweighs those that are proved where `every` one counts.
[[nodiscard]] Outcome worst_of(const std::vector<Outcome>& ends, bool every);

/// The exit status. A peer that is not proved outweighs all others; one that is not
/// reached outweighs those that are proved if every one of them counts, and else, as on a
/// machine without IPv6, it does not.
[[nodiscard]] Outcome outcome_of(const Checked& checked);

/// The word of an exit status: `proved`, `not-proved`, `undecided`.
[[nodiscard]] std::string_view word_of(Outcome outcome);

/// The object of `dane check --json` (docs/json.md), with its line end.
[[nodiscard]] std::string json_of(const CheckJob& job, const Checked& checked);

/// Writes the members of that object into another one.
void write_members(base::JsonWriter& json, const CheckJob& job, const Checked& checked);

}  // namespace cli::dane

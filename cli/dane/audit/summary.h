#pragma once

#include <string>

#include "cli/dane/audit/tally.h"
#include "cli/dane/audit/text.h"

namespace cli::report {

/// How a run went, for its summary.
struct RunFacts {
  std::chrono::sys_seconds now;  ///< when it ended
  std::chrono::milliseconds took{0};
  bool resumed = false;  ///< parts of it were made before, of which less is known
};

/// A run of many domains in a page of text: how many have each grade, why the worst have
/// theirs, the mail servers that most of them share, and what ends soonest.
[[nodiscard]] std::string summary_of(const Tally& tally, const RunFacts& facts,
                                     const Look& look);

/// A number with a comma between thousands: `12,345`.
[[nodiscard]] std::string with_commas(std::uint64_t number);

}  // namespace cli::report

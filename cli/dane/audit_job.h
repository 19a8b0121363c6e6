#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "cli/dane/audit/run.h"
#include "cli/dane/command.h"
#include "cli/dane/stamping.h"
#include "verify/roots.h"

namespace cli::dane {

/// What the command line asks for.
struct AuditJob {
  audit::EngineSettings engine;
  report::Wanted wanted;
  std::optional<std::chrono::seconds> watch;
  std::string command;  ///< for each change that --watch sees
  std::optional<verify::Roots> sts_roots;
  std::vector<NamedAuthority> stamps;  ///< who is asked when the run is finished
};

/// What the options of `dane audit` ask for. Error kind `usage` for a value that is none
/// and for options that do not go together.
[[nodiscard]] base::Result<AuditJob> audit_job(const Arguments& arguments);

/// Hands the number of an option over, if it is there. Error kind `usage`, code
/// `bad_number`.
[[nodiscard]] base::Result<void> read_number(
    const Arguments& arguments, const char* option,
    std::pair<unsigned long, unsigned long> least_and_most,
    const std::function<void(unsigned long)>& set);

}  // namespace cli::dane

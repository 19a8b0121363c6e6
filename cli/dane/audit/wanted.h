#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/one_line.h"
#include "src/audit/judgement.h"

namespace cli::report {

/// The form in which each domain stands on standard output.
enum class Each {
  none,
  line,  ///< a line for people
  text,  ///< all that is to be said to people
  csv,
  json,
};

/// What comes of a run, and where it goes.
struct Wanted {
  Each each = Each::none;
  bool verbose = false;
  /// The grades of the domains that stand on standard output; all where it is empty.
  std::set<audit::Grade> only;
  /// Domains are shown in the order of the input, and held so long.
  bool in_order = false;
  std::size_t name_columns = kFewNameColumns;  ///< of domains in lines of their own
  bool summary = false;                        ///< behind them, what they add up to
  std::optional<std::string> output;           ///< a file for the lines of JSON
  bool resume = false;                         ///< behind what that file has already
  bool overwrite = false;                      ///< in place of what that file has already
  std::optional<std::string> html;
  std::optional<std::string> sqlite;
  std::string options;  ///< of the command line, for the database
  std::optional<std::string> prometheus;
  std::optional<std::string> evidence;  ///< a folder, or a file for a single domain
  bool nagios = false;
  NagiosLimits nagios_limits;
  bool progress = true;
  std::optional<std::uint64_t> total;  ///< domains, if that is known
};

}  // namespace cli::report

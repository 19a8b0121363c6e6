#pragma once

#include <string_view>

#include "cli/dane/audit/statement.h"

namespace cli::report {

/// Looks whether lines that were written once are still whole, by the JSON reader of
/// SQLite.
class JsonCheck {
 public:
  JsonCheck();
  /// Whether a line is a JSON object with the members that each result has.
  [[nodiscard]] bool is_result(std::string_view line);

 private:
  DatabaseHandle database_;
  Statement statement_;
};

}  // namespace cli::report

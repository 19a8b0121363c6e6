#pragma once

#include <memory>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace cli::report {

/// Looks whether lines that were written once are still whole, by the JSON reader of
/// SQLite.
class JsonCheck {
 public:
  JsonCheck();
  /// Whether a line is a JSON object with the members that each result has.
  [[nodiscard]] bool is_result(std::string_view line);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

}  // namespace cli::report

#include "cli/dane/audit/json_check.h"

#include <sqlite3.h>

namespace cli::report {
namespace {

constexpr const char* kQuestion =
    "SELECT CASE WHEN json_valid(?1) THEN json_type(?1, '$.domain') = 'text' AND "
    "json_type(?1, '$.findings') = 'array' AND json_type(?1, '$.hosts') = 'array' END";

}  // namespace

void JsonCheck::Close::operator()(sqlite3* database) const { sqlite3_close(database); }
void JsonCheck::Close::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

JsonCheck::JsonCheck() {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  database_.reset(database);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, kQuestion, -1, &statement, nullptr);
  statement_.reset(statement);
}

bool JsonCheck::is_result(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return false;  // SQLite stops there
  sqlite3_stmt* statement = statement_.get();
  sqlite3_bind_text(statement, 1, line.data(), static_cast<int>(line.size()),
                    SQLITE_STATIC);
  const bool good =
      sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return good;
}

}  // namespace cli::report

#include "cli/dane/audit/statement.h"

#include <sqlite3.h>

#include "src/base/bytes.h"

namespace cli::report {

void CloseDatabase::operator()(sqlite3* database) const { sqlite3_close(database); }

DatabaseHandle open_scratch_database(const char* path) {
  sqlite3* database = nullptr;
  sqlite3_open(path, &database);
  return DatabaseHandle(database);
}

Statement::Statement(sqlite3* database, const char* sql) {
  sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::string_view text) {
  const std::string whole = base::to_utf8(text);
  sqlite3_bind_text(statement_, ++at_, whole.data(), static_cast<int>(whole.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_, ++at_, number);
  return *this;
}

Statement& Statement::bind_in_place(std::string_view text) {
  sqlite3_bind_text(statement_, ++at_, text.data(), static_cast<int>(text.size()),
                    SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_nothing() {
  sqlite3_bind_null(statement_, ++at_);
  return *this;
}

bool Statement::run() {
  return statement_ != nullptr && sqlite3_step(statement_) == SQLITE_DONE;
}

bool Statement::next() {
  return statement_ != nullptr && sqlite3_step(statement_) == SQLITE_ROW;
}

std::int64_t Statement::number() { return next() ? number_in(0) : -1; }

std::int64_t Statement::number_in(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text_in(int column) const {
  const auto* out = sqlite3_column_text(statement_, column);
  return out == nullptr ? "" : reinterpret_cast<const char*>(out);
}

bool Statement::restart() {
  const bool good = sqlite3_reset(statement_) == SQLITE_OK;
  sqlite3_clear_bindings(statement_);
  at_ = 0;
  return good;
}

}  // namespace cli::report

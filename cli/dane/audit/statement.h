#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace cli::report {

struct CloseDatabase {
  void operator()(sqlite3* database) const;
};

/// An open database of SQLite.
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

/// Opens one: `:memory:`, or an empty path for a temporary file of its own.
[[nodiscard]] DatabaseHandle open_scratch_database(const char* path);

/// One prepared statement, its parameters bound in order.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  template <typename T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_nothing();
  }
  /// The text as it is and where it is: it has to stay until `restart`.
  Statement& bind_in_place(std::string_view text);

  /// Whether it came to its end without a row.
  [[nodiscard]] bool run();
  /// Goes to the next row, if there is one.
  [[nodiscard]] bool next();
  /// The number that it yields; -1 if none.
  [[nodiscard]] std::int64_t number();
  [[nodiscard]] std::int64_t number_in(int column) const;
  [[nodiscard]] std::string text_in(int column) const;
  /// Goes back to the beginning, with no parameter bound. Whether what it did was done.
  bool restart();

 private:
  Statement& bind_nothing();

  sqlite3_stmt* statement_ = nullptr;
  int at_ = 0;
};

}  // namespace cli::report

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "src/base/bytes.h"
#include "src/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace evidence {

/// One statement of SQL, prepared once and used many times.
class StoreQuery {
 public:
  StoreQuery(sqlite3* database, const char* sql);

  /// The next parameter. Octets and texts must stay where they are until it has run.
  StoreQuery& bind(std::int64_t number);
  StoreQuery& bind(base::ByteView octets);
  StoreQuery& bind(std::string_view text);
  /// Back to the beginning, without parameters.
  StoreQuery& again();

  [[nodiscard]] std::int64_t number(int column) const;
  /// What stands in a column, until the next step.
  [[nodiscard]] base::ByteView octets(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class StoreFile;
  struct End {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, End> statement_;
  int bound_ = 0;
};

/// That somebody wants of a store what it has not, or does not do: an error of kind
/// `usage` and code `bad_file`.
[[nodiscard]] tl::unexpected<base::Error> misused(std::string what);

/// The SQLite file of a store. It may be a stranger's: nothing in it is run, its tables
/// are exactly ours, and its pages are looked at before they are believed. All errors
/// have the code `bad_file` and do not name the file; the kind is `usage` for a file that
/// is none, `permanent` for one that is damaged, else `temporary`.
class StoreFile {
 public:
  /// Opens or makes one to write to; others may read it meanwhile.
  [[nodiscard]] static base::Result<StoreFile> open_to_write(const std::string& path);
  /// Opens one that is there; nothing of it is altered.
  [[nodiscard]] static base::Result<StoreFile> open_to_read(const std::string& path);

  /// The statement, which is a constant text, ready for its parameters.
  [[nodiscard]] StoreQuery& query(const char* sql);
  /// Goes to the next row; whether there is one.
  [[nodiscard]] base::Result<bool> step(StoreQuery& query);
  /// Runs a statement that gives no rows.
  [[nodiscard]] base::Result<void> run(StoreQuery& query);
  [[nodiscard]] base::Result<void> run(const char* sql);
  /// The number of the row that was put in last.
  [[nodiscard]] std::int64_t last_row() const;
  /// What is wrong with what stands in the file.
  [[nodiscard]] tl::unexpected<base::Error> damaged(std::string_view what) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  enum class Manner { write, read, read_what_nobody_writes };

  [[nodiscard]] static base::Result<StoreFile> open(const std::string& path,
                                                    Manner manner);
  [[nodiscard]] base::Result<void> prepare_to_write();
  [[nodiscard]] base::Result<bool> is_empty();
  [[nodiscard]] base::Result<void> make_tables();
  [[nodiscard]] base::Result<void> check_tables();
  /// What SQLite says; `otherwise` is the kind where the file is not at fault.
  [[nodiscard]] tl::unexpected<base::Error> failed(base::ErrorKind otherwise) const;

  std::unique_ptr<sqlite3, Close> database_;
  std::map<const char*, StoreQuery> queries_;
};

}  // namespace evidence

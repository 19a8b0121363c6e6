// The file of a store, and what is done so that a stranger's file does no harm.
//
// SQLite reads files that are broken or made to harm (https://sqlite.org/security.html),
// but a schema is a program: a view in place of a table, a trigger, an index over an
// expression run when we read. So the schema of a file must be ours, octet for octet, and
// SQLite is told to trust nothing in it. What the tables hold is read by
// bundle_unpacker.cpp and store.cpp, which bound it.
//
// A write-ahead log, for three reasons: a run writes for hours, and whoever exports a
// bundle meanwhile must neither wait nor make it wait; a transaction is written once, and
// no file is synchronised at its end, so a thousand bundles cost a few milliseconds; and
// a process may be killed at any moment: what was committed is in the log, which the next
// one who opens the file takes up. After a loss of power the last transactions may be
// missing, whole ones, and the file is consistent. The price: while the store is in use
// it is three files, which must stay together.
#include "src/evidence/store_file.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

namespace evidence {
namespace {

constexpr std::int64_t kApplication = 0x44414E65;  // "DANe", in the file's header
constexpr std::int64_t kVersion = 1;
constexpr int kMostOctets = 32 * 1024 * 1024;  // of a row or a text
constexpr int kWithoutDetails = 0xff;          // of a result code
constexpr int kPatience = 60'000;              // milliseconds, for who else writes

// The number of a bundle or block is that of its run times 2^32, plus its place there.
// `hash` is the first 48 bits of a SHA-256: an index of them takes a third of what whole
// hashes take, and what it finds is compared.
constexpr std::array kTables{
    "CREATE TABLE runs (number INTEGER PRIMARY KEY, began INTEGER NOT NULL, "
    "previous BLOB NOT NULL, dictionary BLOB NOT NULL, whole INTEGER, checkpoint BLOB"
    ") STRICT",
    "CREATE TABLE stamps (run INTEGER NOT NULL, token BLOB NOT NULL) STRICT",
    "CREATE TABLE blocks (number INTEGER PRIMARY KEY, root BLOB NOT NULL, "
    "leaves BLOB NOT NULL) STRICT",
    "CREATE TABLE bundles (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "subject BLOB NOT NULL, packed BLOB NOT NULL) STRICT",
    "CREATE TABLE sets (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "octets BLOB NOT NULL) STRICT",
    "CREATE TABLE messages (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "octets BLOB NOT NULL) STRICT",
    "CREATE TABLE answers (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "octets BLOB NOT NULL) STRICT",
    "CREATE TABLE peers (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "octets BLOB NOT NULL) STRICT",
    "CREATE TABLE texts (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, "
    "octets BLOB NOT NULL) STRICT",
    "CREATE INDEX stamps_run ON stamps (run)",
    "CREATE INDEX bundles_hash ON bundles (hash)",
    "CREATE INDEX sets_hash ON sets (hash)",
    "CREATE INDEX messages_hash ON messages (hash)",
    "CREATE INDEX answers_hash ON answers (hash)",
    "CREATE INDEX peers_hash ON peers (hash)",
    "CREATE INDEX texts_hash ON texts (hash)",
};

/// A file name as a URI of SQLite, for a file that nobody writes to.
std::string immutable_uri(const std::string& path) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "file:";
  for (const char c : path) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-';
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[octet >> 4], kHex[octet & 0xf]};
    }
  }
  return out + "?immutable=1";
}

/// The size of the log beside a file; nothing if there is none.
std::optional<std::uint64_t> log_size(const std::string& path) {
  struct stat about {};
  if (stat((path + "-wal").c_str(), &about) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(about.st_size);
}

/// Whether an error of SQLite is about what stands in the file. Our statements are
/// right, so one that does not fit the tables is the fault of these.
bool is_about_contents(int code) {
  switch (code & kWithoutDetails) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
      return true;
    default:
      return false;
  }
}

/// Whether it is about what the machine has and lets be done now: another one who writes,
/// a disk that is full or failing.
bool is_about_machine(int code) {
  switch (code & kWithoutDetails) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return true;
    default:
      return false;
  }
}

/// Where a file is, without links: its log is beside it, and not beside them.
std::string real_path(const std::string& path) {
  std::error_code fault;
  const auto out = std::filesystem::canonical(path, fault);
  return fault ? path : out.string();
}

void distrust(sqlite3* database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, kMostOctets);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  for (const char* sql : {"PRAGMA cell_size_check = ON", "PRAGMA mmap_size = 0"}) {
    sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  }
}

}  // namespace

// ----------------------------------------------------------------------------- query

void StoreQuery::End::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

StoreQuery::StoreQuery(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
}

StoreQuery& StoreQuery::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

StoreQuery& StoreQuery::bind(base::ByteView octets) {
  // No octets are octets too; at no address they would be NULL.
  const void* at = octets.empty() ? "" : static_cast<const void*>(octets.data());
  sqlite3_bind_blob64(statement_.get(), ++bound_, at, octets.size(), SQLITE_STATIC);
  return *this;
}

StoreQuery& StoreQuery::bind(std::string_view text) { return bind(base::as_bytes(text)); }

StoreQuery& StoreQuery::again() {
  bound_ = 0;
  if (statement_ == nullptr) return *this;
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  return *this;
}

std::int64_t StoreQuery::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

base::ByteView StoreQuery::octets(int column) const {
  const auto* at =
      static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  if (at == nullptr) return {};
  return {at, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool StoreQuery::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

// ------------------------------------------------------------------------------ file

tl::unexpected<base::Error> misused(std::string what) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(what));
}

void StoreFile::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

tl::unexpected<base::Error> StoreFile::failed(base::ErrorKind otherwise) const {
  const std::string why = sqlite3_errmsg(database_.get());
  const int code = sqlite3_errcode(database_.get());
  if (code != SQLITE_NOTADB && is_about_contents(code)) return damaged(why);
  if (is_about_machine(code)) otherwise = base::ErrorKind::temporary;
  return base::fail(code == SQLITE_NOTADB ? base::ErrorKind::usage : otherwise,
                    base::Code::bad_file, why);
}

tl::unexpected<base::Error> StoreFile::damaged(std::string_view what) const {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_file,
                    "damaged: " + std::string(what));
}

StoreQuery& StoreFile::query(const char* sql) {
  const auto found = queries_.find(sql);
  if (found != queries_.end() && found->second.statement_) return found->second.again();
  return queries_.insert_or_assign(sql, StoreQuery(database_.get(), sql)).first->second;
}

base::Result<bool> StoreFile::step(StoreQuery& query) {
  if (query.statement_ == nullptr) return failed(base::ErrorKind::temporary);
  const int rc = sqlite3_step(query.statement_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc != SQLITE_DONE) return failed(base::ErrorKind::temporary);
  // What it read must not hold back who writes.
  sqlite3_reset(query.statement_.get());
  return false;
}

base::Result<void> StoreFile::run(StoreQuery& query) {
  const auto row = step(query);
  if (!row) return tl::unexpected(row.error());
  return {};
}

base::Result<void> StoreFile::run(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK)
    return {};
  return failed(base::ErrorKind::temporary);
}

std::int64_t StoreFile::last_row() const {
  return sqlite3_last_insert_rowid(database_.get());
}

base::Result<bool> StoreFile::is_empty() {
  StoreQuery& count = query("SELECT count(*) FROM sqlite_schema");
  const auto row = step(count);
  if (!row) return failed(base::ErrorKind::usage);
  const bool out = *row && count.number(0) == 0;
  count.again();
  return out;
}

base::Result<void> StoreFile::make_tables() {
  for (const char* sql : kTables) {
    if (auto done = run(sql); !done) return done;
  }
  const std::string header = "PRAGMA application_id = " + std::to_string(kApplication) +
                             "; PRAGMA user_version = " + std::to_string(kVersion);
  return run(header.c_str());
}

base::Result<void> StoreFile::prepare_to_write() {
  const auto empty = is_empty();
  if (!empty) return tl::unexpected(empty.error());
  if (!*empty) {  // what is not ours is left as it is
    if (auto good = check_tables(); !good) return good;
  }
  for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL",
                          "PRAGMA cache_size = -65536",
                          "PRAGMA wal_autocheckpoint = 4000", "BEGIN IMMEDIATE"}) {
    if (!run(sql)) return failed(base::ErrorKind::usage);
  }
  const auto still_empty = is_empty();
  if (!still_empty) return tl::unexpected(still_empty.error());
  if (*still_empty) {
    if (!make_tables()) return failed(base::ErrorKind::usage);
  }
  if (!run("COMMIT")) return failed(base::ErrorKind::usage);
  return {};
}

base::Result<void> StoreFile::check_tables() {
  const auto number_of = [&](const char* sql) {
    StoreQuery& one = query(sql);
    const auto row = step(one);
    const std::int64_t out = row && *row ? one.number(0) : -1;
    one.again();
    return out;
  };
  if (number_of("PRAGMA schema_version") < 0) return failed(base::ErrorKind::usage);
  bool ours = number_of("PRAGMA application_id") == kApplication &&
              number_of("PRAGMA user_version") == kVersion;
  StoreQuery& all = query("SELECT sql FROM sqlite_schema ORDER BY rowid");
  for (const std::string_view table : kTables) {
    const auto row = step(all);
    if (!row) return failed(base::ErrorKind::usage);
    ours = ours && *row && base::as_text(all.octets(0)) == table;
    if (!ours) break;
  }
  if (ours) {
    const auto more = step(all);
    ours = more && !*more;
  }
  all.again();
  if (ours) return {};
  return misused("no store of evidence, or one of another version");
}

base::Result<StoreFile> StoreFile::open(const std::string& path, Manner manner) {
  // SQLite would make a store of its own of an empty name, and wait at a pipe.
  std::error_code fault;
  const auto about = std::filesystem::status(path, fault);
  if (path.empty() ||
      (std::filesystem::exists(about) && !std::filesystem::is_regular_file(about))) {
    return misused("no file");
  }
  StoreFile out;
  int flags = SQLITE_OPEN_READONLY;
  std::string name = path;
  if (manner == Manner::write) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (manner == Manner::read_what_nobody_writes) {
    flags |= SQLITE_OPEN_URI;
    name = immutable_uri(path);
  }
  sqlite3* database = nullptr;
  const int rc = sqlite3_open_v2(name.c_str(), &database, flags, nullptr);
  out.database_.reset(database);
  if (rc != SQLITE_OK) return out.failed(base::ErrorKind::usage);
  distrust(database);
  sqlite3_busy_timeout(database, kPatience);
  if (manner == Manner::write) {
    if (auto ready = out.prepare_to_write(); !ready) {
      return tl::unexpected(ready.error());
    }
  }
  if (auto good = out.check_tables(); !good) {
    // An empty log that somebody left behind, in a folder that is read-only.
    if (manner == Manner::read && sqlite3_errcode(database) == SQLITE_CANTOPEN &&
        log_size(path) == 0) {
      return open(path, Manner::read_what_nobody_writes);
    }
    return tl::unexpected(good.error());
  }
  return out;
}

base::Result<StoreFile> StoreFile::open_to_write(const std::string& path) {
  return open(path, Manner::write);
}

// Who writes has a log beside the file. Without one nobody does, and nothing need be put
// beside a stranger's file, whose folder may be read-only. Should somebody begin to write
// just then, a bundle may come out as damaged, never as another one.
base::Result<StoreFile> StoreFile::open_to_read(const std::string& path) {
  const std::string real = real_path(path);
  return open(real, log_size(real) ? Manner::read : Manner::read_what_nobody_writes);
}

}  // namespace evidence

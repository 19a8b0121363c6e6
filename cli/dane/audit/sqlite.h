#pragma once

#include <chrono>
#include <string>

#include "cli/dane/audit/statement.h"
#include "src/audit/item.h"

namespace cli::report {

/// A database of results: tables `domain`, `finding`, `mx`, `host`, `record` and
/// `address`, indexed by what is asked for; `run`, a row for each run that wrote here,
/// and `rejected`, input that is no domain. docs/audit.md shows the schema. A domain that
/// is there already is replaced.
class Database {
 public:
  /// One that is new, empty, or was made here; another is left as it is. Error kind
  /// `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<Database> open(const std::string& path);
  /// Whether nothing was ever put in.
  [[nodiscard]] bool is_empty();
  /// A run begins, with these options of the command line. To be called before any domain
  /// is added. Error kind `temporary`, code `bad_file`.
  [[nodiscard]] base::Result<void> begin_run(const std::string& options,
                                             std::chrono::sys_seconds now);
  /// Adds a domain. Rows are committed a thousand domains at a time, or after a second.
  /// Whether all that was added is there to stay. Error kind `temporary`, code
  /// `bad_file`.
  [[nodiscard]] base::Result<bool> add(const audit::DomainAudit& audited);
  /// Commits what has waited a second; whether it did.
  [[nodiscard]] base::Result<bool> commit_if_due();
  /// Commits all that was added.
  [[nodiscard]] base::Result<void> commit();
  /// Commits all that was added; the run ends, `whole` unless something ended it early.
  [[nodiscard]] base::Result<void> end_run(std::chrono::sys_seconds now, bool whole);

 private:
  [[nodiscard]] bool add_rejected(const audit::DomainAudit& audited);
  [[nodiscard]] base::Result<void> run(const char* sql);
  [[nodiscard]] base::Result<void> add_rows(const audit::DomainAudit& audited);
  [[nodiscard]] bool add_host(const audit::HostSeen& host,
                              const audit::HostAccess& result);
  [[nodiscard]] bool add_address(const std::string& host,
                                 const audit::AddressSeen& address,
                                 const audit::AddressAccess& result);
  [[nodiscard]] base::Result<void> prepare();
  [[nodiscard]] std::int64_t number_of(const char* sql);
  [[nodiscard]] tl::unexpected<base::Error> failed(base::ErrorKind kind) const;

  DatabaseHandle database_;
  std::string path_;
  std::int64_t run_ = 0;      // its number
  std::int64_t domains_ = 0;  // added in it
  std::size_t waiting_ = 0;
  io::TimePoint begun_;  // the transaction of what waits
};

}  // namespace cli::report

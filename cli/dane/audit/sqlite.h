#pragma once

#include <string>

#include "cli/dane/audit/statement.h"
#include "src/audit/item.h"

namespace cli::report {

/// A database of results: tables `domain`, `finding`, `mx`, `host`, `record` and
/// `address`, indexed by what is asked for; docs/audit.md shows the schema. A domain that
/// is there already is replaced.
class Database {
 public:
  /// One that is new, empty, or was made here; another is left as it is. Error kind
  /// `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<Database> open(const std::string& path);
  /// Whether it has no domain.
  [[nodiscard]] bool is_empty();
  /// Adds a domain. Rows are committed a thousand domains at a time, or after a second.
  /// Whether all that was added is there to stay. Error kind `temporary`, code
  /// `bad_file`.
  [[nodiscard]] base::Result<bool> add(const audit::DomainAudit& audited);
  /// Commits what has waited a second; whether it did.
  [[nodiscard]] base::Result<bool> commit_if_due();
  [[nodiscard]] base::Result<void> finish();

 private:
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
  std::size_t waiting_ = 0;
  io::TimePoint begun_;  // the transaction of what waits
};

}  // namespace cli::report

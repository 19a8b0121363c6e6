#pragma once

#include <memory>
#include <string>

#include "src/audit/engine.h"

struct sqlite3;

namespace cli::audit {

/// A database of results: tables `domain`, `finding`, `mx`, `host`, `record` and
/// `address`,
/// indexed by what is asked for; docs/audit.md shows the schema. A domain that is there
/// already is replaced.
class Database {
 public:
  /// Error kind `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<Database> open(const std::string& path);
  /// Adds a domain; rows are committed a thousand at a time, and by `finish`. Whether all
  /// that was added is there to stay.
  [[nodiscard]] base::Result<bool> add(const ::audit::Audited& audited);
  [[nodiscard]] base::Result<void> finish();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  class Statement;

  [[nodiscard]] base::Result<void> run(const char* sql);
  [[nodiscard]] base::Result<void> add_rows(const ::audit::Audited& audited);
  [[nodiscard]] bool add_host(const ::audit::HostFacts& host,
                              const ::audit::HostResult& result);
  [[nodiscard]] bool add_address(const std::string& host,
                                 const ::audit::AddressFacts& address,
                                 const ::audit::AddressResult& result);
  [[nodiscard]] tl::unexpected<base::Error> failed() const;

  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
  std::size_t waiting_ = 0;
};

}  // namespace cli::audit

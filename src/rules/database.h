#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/error.h"

namespace rules {

/// A constant database (cdb) in memory, the only door to libcdb. It cannot be made of
/// octets that are not a whole one.
class Database {
 public:
  struct Record {
    std::string_view key;
    std::string_view data;
  };

  static constexpr std::size_t kMostOctets = std::size_t{64} * 1024 * 1024;

  /// Takes the octets of a database, with a work that grows with their number alone. An
  /// error, of kind `usage` and code `bad_file`, if anything in them but the data of a
  /// record is not as a writer of databases leaves it, or if they are more than the most.
  [[nodiscard]] static base::Result<Database> read(std::string octets);

  /// The data of the first record with a key, viewed in this database; nothing if there
  /// is none.
  [[nodiscard]] base::Result<std::optional<std::string_view>> find(
      std::string_view key) const;
  /// All records, in the order in which they were written, viewed in this database.
  [[nodiscard]] std::vector<Record> records() const;

 private:
  explicit Database(std::string octets) : octets_(std::move(octets)) {}

  std::string octets_;
  std::vector<std::uint32_t> positions_;  ///< where the records begin, in order
};

}  // namespace rules

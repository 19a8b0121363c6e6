#pragma once

#include <functional>
#include <string>

#include "cli/dane/audit/change.h"
#include "cli/dane/audit/statement.h"
#include "src/base/error.h"

namespace cli::report {

/// A domain that is in both of two runs.
struct InBoth {
  std::string input;   ///< as it stood in the input of both
  std::string moment;  ///< of the new run
  State was;
  State is;
  std::string cause;  ///< the code that the new grade follows from; empty if none
};

/// Two runs of dane audit, read from their lines of JSON and laid side by side by what
/// stood in the input. They may be larger than the memory: a database in a temporary file
/// holds them.
class StoredRuns {
 public:
  StoredRuns();
  /// Reads the older (0) or the newer (1) run. Error kind `usage`, code `bad_file`, where
  /// a line is none of dane audit's.
  [[nodiscard]] base::Result<void> read(int which, const std::string& path);
  /// Gives the domains that are in both, in the order of their names.
  void for_each_in_both(const std::function<void(const InBoth&)>& take) const;
  /// How many domains the older run has, the newer one, and both of them.
  struct Sizes {
    std::uint64_t older = 0;
    std::uint64_t newer = 0;
    std::uint64_t both = 0;
    [[nodiscard]] bool differ() const { return older != both || newer != both; }
  };
  [[nodiscard]] Sizes sizes() const;

 private:
  DatabaseHandle database_;
};

}  // namespace cli::report

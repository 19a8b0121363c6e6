#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "cli/dane/audit/tally.h"
#include "src/audit/item.h"

namespace cli::report {

/// Numbers of domains that are done: all up to a mark, and some behind it. Its memory is
/// that of what was in flight, not of the input.
class Done {
 public:
  void add(std::uint64_t number);
  [[nodiscard]] bool contains(std::uint64_t number) const;
  [[nodiscard]] bool empty() const { return up_to_ == 0 && behind_.empty(); }

 private:
  std::uint64_t up_to_ = 0;
  std::set<std::uint64_t> behind_;
};

/// What an earlier run has left.
struct Earlier {
  Done done;
  Tally tally;
  std::uint64_t octets = 0;  ///< of whole lines; what is behind them was cut off
  /// Numbers and inputs, as JSON has them, of the last ones, to know the input again by.
  std::deque<std::pair<std::uint64_t, std::string>> sample;
};

/// Reads the JSON lines of an earlier run, calling `each` with each whole line. A file
/// that is not there is an empty one. Error kind `usage`, code `bad_file`, for one that
/// holds something else.
[[nodiscard]] base::Result<Earlier> read_earlier(
    const std::string& path, const std::function<void(const std::string&)>& each);

/// The source without what is done. Where the input is not that of the earlier run, it
/// ends before it has given anything and `error`, which is for after the end, says so.
[[nodiscard]] audit::DomainStream without(audit::DomainStream source,
                                          std::shared_ptr<const Earlier> earlier,
                                          std::shared_ptr<std::string> error);

}  // namespace cli::report

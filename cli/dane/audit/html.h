#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/dane/audit/tally.h"

namespace cli::report {

/// A page that holds all of a run in one file and asks nobody for anything: summary,
/// table, and what each domain's grade rests on. Of very many domains it keeps those with
/// something to mend.
class HtmlPage {
 public:
  /// A line of `json_line`, with or without its line end.
  void add(const std::string& line);
  [[nodiscard]] std::string text(const Tally& tally, std::chrono::sys_seconds now,
                                 std::chrono::milliseconds took) const;

 private:
  struct Lines {
    std::vector<std::string> texts;
    std::size_t octets = 0;
  };
  Lines to_mend_;
  Lines others_;
  std::uint64_t left_out_ = 0;
};

}  // namespace cli::report

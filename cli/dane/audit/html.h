#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/dane/audit/tally.h"

namespace cli::report {

/// A page that holds all of a run in one file and asks nobody for anything: summary,
/// table, and what each verdict rests on. Domains with something to fix are kept whole.
/// Of the others the page keeps what its table shows, once their lines would make it slow
/// to open.
class HtmlPage {
 public:
  /// A line of `json_line`, with or without its line end.
  void add(const std::string& line);
  /// Whether a line would be kept whole, with how its verdict is proved.
  [[nodiscard]] bool keeps_whole(std::string_view line) const;
  [[nodiscard]] std::string text(const Tally& tally, std::chrono::sys_seconds now,
                                 std::chrono::milliseconds took) const;

 private:
  /// Lines, as many as a page takes.
  struct Shelf {
    std::vector<std::string> lines;
    std::size_t octets = 0;
    [[nodiscard]] bool put(std::string line);
    void make_compact();
  };
  Shelf to_fix_;
  Shelf others_;
  bool others_are_compact_ = false;
  std::uint64_t left_out_ = 0;
};

}  // namespace cli::report

#pragma once

#include <chrono>
#include <string>

#include "cli/dane/check_result.h"
#include "cli/terminal.h"

namespace cli::dane {

/// How a check is told to people.
struct Telling {
  Paint paint;
  std::size_t columns = 80;
  bool verbose = false;  ///< every record and certificate as it is too
};

/// `VERIFIED by DANE`, `NOT VERIFIED`, …: a check in a word or two.
[[nodiscard]] std::string headline_of(const Checked& checked, const Paint& paint);

/// A text behind the mark of how something ended.
[[nodiscard]] std::string marked(Outcome outcome, std::string_view text,
                                 const Paint& paint);

/// The verdict, then what it stands on, then what to do, with the record to publish where
/// that would mend it. No line is longer than `columns` but for lines to paste.
[[nodiscard]] std::string text_of(const CheckJob& job, const Checked& checked,
                                  const Telling& telling, std::chrono::sys_seconds now);

}  // namespace cli::dane

#pragma once

#include <getopt.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/option.h"
#include "src/base/error.h"

namespace cli {

/// The first of the codes that are no letters.
inline constexpr int kFirstCode = 256;

/// An option as it stands on a command line.
struct Given {
  const Option* option = nullptr;
  /// The letter that stands there; for a name `Option::code`, or its letter if that is 0.
  int code = 0;
  const char* value = nullptr;  ///< none: nullptr; it lives as long as the reader
};

/// Reads the options of a command line one after the other: bundled letters, values
/// behind a letter, a blank or `=`, names cut short where that is clear; `--` ends them.
/// One at a time: a second reader takes the place of the first.
class OptionReader {
 public:
  /// `words` without the program's name; `program` is who has the help.
  OptionReader(std::string_view program, std::span<const Option> table, Order order,
               std::vector<std::string> words);
  OptionReader(const OptionReader&) = delete;  // getopt has pointers to its words
  OptionReader& operator=(const OptionReader&) = delete;

  /// The next one, or nothing when all are read. Error kind `usage`: nobody knows it, or
  /// its value is missing or too much.
  [[nodiscard]] base::Result<std::optional<Given>> next();

  /// The words that are no options, when all of those are read.
  [[nodiscard]] std::vector<std::string> rest() const;

 private:
  [[nodiscard]] base::Error failure(int code) const;
  [[nodiscard]] std::string unknown(const std::string& word) const;

  std::string program_;
  std::span<const Option> table_;
  std::vector<std::string> words_;
  std::vector<char*> argv_;  ///< getopt sorts these
  std::vector<option> names_;
  std::string letters_;
};

}  // namespace cli

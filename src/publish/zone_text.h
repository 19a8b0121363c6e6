#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace publish {

/// One entry of a zone file: its words as they stand there, escapes included, quotes and
/// comments taken off. Views of the text, which must outlive it.
struct ZoneEntry {
  std::size_t line = 0;     ///< where it begins, from 1
  bool same_owner = false;  ///< it begins with a blank: the owner of the one before
  std::vector<std::string_view> words;
};

/// Cuts the text of a zone file into entries (RFC 1035 5.1): parentheses join lines, a
/// semicolon begins a comment, quotes keep blanks together, a backslash takes the meaning
/// off the next character. Knows no types and no directives.
class ZoneText {
 public:
  explicit ZoneText(std::string_view text) : rest_(text) {}

  /// The next entry; nothing at the end. Error kind `usage`, code `bad_zone`: quotes or
  /// parentheses that do not pair; `line()` says where they begin.
  [[nodiscard]] base::Result<std::optional<ZoneEntry>> next();
  /// The line of the last entry or error.
  [[nodiscard]] std::size_t line() const { return begin_; }

 private:
  base::Result<void> take_word(ZoneEntry& entry);
  base::Result<void> take_quoted(ZoneEntry& entry);
  void skip_comment();

  std::string_view rest_;
  std::size_t line_ = 1;
  std::size_t begin_ = 1;
};

}  // namespace publish

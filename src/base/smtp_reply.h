#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace smtp {

/// A whole reply (RFC 5321 4.2): a code of three digits and the text of its lines.
struct Reply {
  int code = 0;
  std::vector<std::string> lines;  ///< without code, separator and line end

  /// 2 for success, 3 for go on, 4 for not now, 5 for never.
  [[nodiscard]] int severity() const { return code / 100; }
  /// Whether the command was done: only a 2yz reply says so (RFC 5321 4.2.1).
  [[nodiscard]] bool accepts() const { return severity() == 2; }
  /// The lines joined by spaces, fit to print.
  [[nodiscard]] std::string text() const;
  /// Whether a line after the first has `keyword` as its first word, in any case: an
  /// extension offered in the reply to EHLO (RFC 5321 4.1.1.1).
  [[nodiscard]] bool offers(std::string_view keyword) const;
};

/// The longest reply that is read, in octets, line ends included.
inline constexpr std::size_t kMaxReply = 64 * 1024;

/// Takes one whole reply off the front of `buffer`; nothing when it is not complete yet.
/// Error kind `temporary`, code `protocol`: not a reply, its codes differ, or too long.
[[nodiscard]] base::Result<std::optional<Reply>> take_reply(std::string& buffer);

/// Takes one line off the front of `buffer`, without its CRLF or LF. Error as above.
[[nodiscard]] base::Result<std::optional<std::string>> take_line(std::string& buffer);

}  // namespace smtp

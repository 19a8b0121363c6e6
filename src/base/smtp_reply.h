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

/// Takes replies off the front of a buffer that grows at its end as octets arrive, and
/// looks at each octet once: a peer that sends a long reply octet by octet costs no more
/// than one that sends it whole.
class ReplyReader {
 public:
  /// One whole reply; nothing when it is not complete yet. Between two calls the buffer
  /// may only have grown. Error kind `temporary`, code `protocol`: not a reply, its codes
  /// differ, or it is longer than kMaxReply.
  [[nodiscard]] base::Result<std::optional<Reply>> take(std::string& buffer);

 private:
  base::Result<void> read_line(std::string_view line);

  Reply reply_;            // of the lines that are whole
  bool last_ = false;      // whether the last of them ends the reply
  std::size_t lines_ = 0;  // octets of these lines
  std::size_t seen_ = 0;   // octets that hold no further line end
};

/// ReplyReader::take for a buffer that will not be asked again.
[[nodiscard]] base::Result<std::optional<Reply>> take_reply(std::string& buffer);

/// Takes one line off the front of `buffer`, without its CRLF or LF. Error as above.
[[nodiscard]] base::Result<std::optional<std::string>> take_line(std::string& buffer);

}  // namespace smtp

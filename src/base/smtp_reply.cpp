#include "src/base/smtp_reply.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "src/base/bytes.h"

namespace smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The code of a reply line, 0 if it has none.
int code_of(std::string_view line) {
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), is_digit)) return 0;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::toupper(static_cast<unsigned char>(x)) ==
           std::toupper(static_cast<unsigned char>(y));
  });
}

tl::unexpected<base::Error> bad_reply(std::string_view line) {
  return base::fail(
      base::ErrorKind::temporary, base::Code::protocol,
      "the peer does not speak the protocol: " + base::printable(line, base::kName));
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string Reply::text() const {
  std::string out = std::to_string(code);
  for (const std::string& line : lines) out += " " + base::printable(line);
  return base::printable(out);
}

bool Reply::offers(std::string_view keyword) const {
  return std::any_of(
      lines.begin() + (lines.empty() ? 0 : 1), lines.end(), [&](const std::string& line) {
        return same_word(std::string_view(line).substr(0, line.find(' ')), keyword);
      });
}

base::Result<void> ReplyReader::read_line(std::string_view line) {
  const int code = code_of(line);
  if (code < 100 || (reply_.code != 0 && code != reply_.code)) return bad_reply(line);
  reply_.code = code;
  reply_.lines.emplace_back(line.size() > 4 ? line.substr(4) : "");
  last_ = line.size() <= 3 || line[3] != '-';
  return {};
}

base::Result<std::optional<Reply>> ReplyReader::take(std::string& buffer) {
  while (!last_) {
    const std::size_t end = buffer.find('\n', seen_);
    if (end == std::string::npos || end >= kMaxReply) {
      if (buffer.size() > kMaxReply) return bad_reply("a reply longer than 65536 octets");
      seen_ = buffer.size();
      return std::optional<Reply>();
    }
    const auto line = std::string_view(buffer).substr(lines_, end - lines_);
    if (auto read = read_line(without_line_end(line)); !read) {
      return tl::unexpected(read.error());
    }
    lines_ = seen_ = end + 1;
  }
  buffer.erase(0, lines_);
  return std::optional<Reply>(std::exchange(*this, ReplyReader()).reply_);
}

base::Result<std::optional<Reply>> take_reply(std::string& buffer) {
  return ReplyReader().take(buffer);
}

base::Result<std::optional<std::string>> take_line(std::string& buffer) {
  const std::size_t end = buffer.find('\n');
  if (end == std::string::npos || end >= kMaxReply) {
    if (buffer.size() > kMaxReply) return bad_reply("a line longer than 65536 octets");
    return std::optional<std::string>();
  }
  std::string line(without_line_end(std::string_view(buffer).substr(0, end)));
  buffer.erase(0, end + 1);
  return std::optional<std::string>(std::move(line));
}

}  // namespace smtp

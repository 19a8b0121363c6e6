#include "src/publish/zone_text.h"

#include <algorithm>

namespace publish {
namespace {

constexpr std::string_view kEnds = " \t\r\n;()\"";

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_zone, std::move(detail));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

void ZoneText::skip_comment() {
  rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
}

base::Result<void> ZoneText::take_word(ZoneEntry& entry) {
  std::size_t size = 0;
  while (size < rest_.size() && kEnds.find(rest_[size]) == std::string_view::npos) {
    const bool escaped = rest_[size] == '\\' && size + 1 < rest_.size();
    if (escaped && rest_[size + 1] == '\n') {
      begin_ = line_;
      return bad("a backslash at the end of a line");
    }
    size += escaped ? 2 : 1;
  }
  entry.words.push_back(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return {};
}

base::Result<void> ZoneText::take_quoted(ZoneEntry& entry) {
  const std::size_t start = line_;
  rest_.remove_prefix(1);
  std::size_t size = 0;
  while (size < rest_.size() && rest_[size] != '"') {
    if (rest_[size] == '\\' && size + 1 < rest_.size()) ++size;
    if (rest_[size] == '\n') ++line_;
    ++size;
  }
  if (size >= rest_.size()) {
    begin_ = start;
    return bad("a quotation mark without its pair");
  }
  entry.words.push_back(rest_.substr(0, size));
  rest_.remove_prefix(size + 1);
  return {};
}

base::Result<std::optional<ZoneEntry>> ZoneText::next() {
  ZoneEntry entry;
  std::size_t open = 0, opened_at = 0;
  bool line_start = true;
  while (!rest_.empty()) {
    const char c = rest_.front();
    const bool first = entry.words.empty() && open == 0;
    if (first && line_start) entry = {line_, is_blank(c), {}};
    line_start = false;
    if (c == '\n') {
      rest_.remove_prefix(1);
      ++line_;
      line_start = true;
      if (open == 0 && !entry.words.empty()) break;
    } else if (is_blank(c)) {
      rest_.remove_prefix(1);
    } else if (c == ';') {
      skip_comment();
    } else if (c == '(') {
      if (open++ == 0) opened_at = line_;
      rest_.remove_prefix(1);
    } else if (c == ')') {
      begin_ = line_;
      if (open-- == 0) return bad("a closing parenthesis without its pair");
      rest_.remove_prefix(1);
    } else if (auto ok = c == '"' ? take_quoted(entry) : take_word(entry); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  begin_ = open > 0 ? opened_at : entry.line;
  if (open > 0) return bad("an opening parenthesis without its pair");
  if (entry.words.empty()) return std::optional<ZoneEntry>();
  return std::optional(std::move(entry));
}

}  // namespace publish

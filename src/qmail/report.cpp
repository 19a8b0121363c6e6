#include "src/qmail/report.h"

#include "src/base/bytes.h"

namespace qmail {
namespace {

constexpr std::size_t kMostText = 8000;

std::string lines_of(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < kMostText) {
    const std::size_t end = text.find('\n');
    out += base::printable(text.substr(0, end), kMostText);
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

void add(std::string& out, char letter, std::string_view text) {
  out += letter;
  out += lines_of(text);
  out += '\0';
}

}  // namespace

std::string to_octets(const Report& report) {
  std::string out;
  for (const Report::Recipient& recipient : report.recipients) {
    add(out, static_cast<char>(recipient.state), recipient.text);
  }
  add(out, static_cast<char>(report.state), report.text);
  return out;
}

Report report_of(MessageState state, std::string text) {
  Report out;
  out.state = state;
  out.text = std::move(text);
  return out;
}

}  // namespace qmail

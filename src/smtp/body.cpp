#include "src/smtp/body.h"

#include <algorithm>

namespace smtp {
namespace {

/// The line at the front of `part`, its LF included if it is there.
std::string_view front_line(std::string_view part) {
  const std::size_t end = part.find('\n');
  return part.substr(0, end == std::string_view::npos ? end : end + 1);
}

}  // namespace

void BodyEncoder::add(std::string_view part, std::string& out) {
  if (fault_ != BodyFault::none) return;
  if (part.find('\r') != std::string_view::npos) {
    fault_ = BodyFault::carriage_return;
    return;
  }
  while (!part.empty()) {
    std::string_view line = front_line(part);
    part.remove_prefix(line.size());
    if (at_line_start_ && line.front() == '.') out += '.';
    at_line_start_ = line.ends_with('\n');
    if (at_line_start_) line.remove_suffix(1);
    out += line;
    if (at_line_start_) out += "\r\n";
  }
}

BodyFault BodyEncoder::finish(std::string& out) {
  if (fault_ == BodyFault::none && !at_line_start_) fault_ = BodyFault::no_line_end;
  if (fault_ == BodyFault::none) out += ".\r\n";
  return fault_;
}

void BodyScanner::add(std::string_view part) {
  if (part.empty()) return;
  facts_.size += part.size();
  for (std::string_view rest = part; !rest.empty();) {
    const std::string_view line = front_line(rest);
    rest.remove_prefix(line.size());
    if (at_line_start_ && line.front() == '.') ++facts_.size;
    at_line_start_ = line.ends_with('\n');
    if (at_line_start_) ++facts_.size;
  }
  if (facts_.fault == BodyFault::none && part.find('\r') != std::string_view::npos) {
    facts_.fault = BodyFault::carriage_return;
  }
  facts_.eight_bit = facts_.eight_bit || std::ranges::any_of(part, [](char c) {
                       return static_cast<unsigned char>(c) >= 0x80;
                     });
}

BodyFacts BodyScanner::finish() const {
  BodyFacts out = facts_;
  if (out.fault == BodyFault::none && !at_line_start_) out.fault = BodyFault::no_line_end;
  return out;
}

}  // namespace smtp

#include "src/smtp/body.h"

#include <algorithm>

namespace smtp {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

/// What is wrong with the lines so far; `at_end` of the message the last one counts too.
enum class Where { inside, at_end };

BodyFault fault_of(const LineCutter& lines, const BodyRules& rules, Where where) {
  const bool lone =
      lines.has_lone_return() || (where == Where::at_end && lines.ends_in_return());
  return lone && rules.lone_return == LoneReturn::fault ? BodyFault::carriage_return
                                                        : BodyFault::none;
}

}  // namespace

void BodyEncoder::add(std::string_view part, std::string& out) {
  if (fault_ != BodyFault::none) return;
  lines_.cut(part, [&](std::string_view text, bool ends) {
    if (at_line_start_ && text.starts_with('.')) out += '.';
    out += text;
    if (ends) out += kLineEnd;
    at_line_start_ = ends;
  });
  fault_ = fault_of(lines_, rules_, Where::inside);
}

BodyFault BodyEncoder::finish(std::string& out) {
  if (fault_ == BodyFault::none) fault_ = fault_of(lines_, rules_, Where::at_end);
  if (fault_ == BodyFault::none && !at_line_start_) {
    if (rules_.open_line == OpenLine::fault) fault_ = BodyFault::no_line_end;
    if (rules_.open_line == OpenLine::ended) out += kLineEnd;
  }
  if (fault_ == BodyFault::none) out += ".\r\n";
  return fault_;
}

void BodyScanner::add(std::string_view part) {
  lines_.cut(part, [&](std::string_view text, bool ends) {
    if (at_line_start_ && text.starts_with('.')) ++facts_.size;
    facts_.size += text.size();
    if (ends) facts_.size += kLineEnd.size();
    at_line_start_ = ends;
  });
  facts_.eight_bit = facts_.eight_bit || std::ranges::any_of(part, [](char c) {
                       return static_cast<unsigned char>(c) >= 0x80;
                     });
}

BodyFacts BodyScanner::finish() const {
  BodyFacts out = facts_;
  out.fault = fault_of(lines_, facts_.rules, Where::at_end);
  if (out.fault != BodyFault::none || at_line_start_) return out;
  if (facts_.rules.open_line == OpenLine::fault) out.fault = BodyFault::no_line_end;
  if (facts_.rules.open_line == OpenLine::ended) out.size += kLineEnd.size();
  return out;
}

}  // namespace smtp

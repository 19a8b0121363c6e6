#include "cli/dane/audit/printer.h"

#include "cli/dane/audit/csv.h"
#include "cli/dane/audit/one_line.h"
#include "cli/layout.h"

namespace cli::report {
namespace {

using namespace audit;

Look look_of(const Wanted& wanted) {
  Look out;
  out.columns = output_columns();
  out.verbose = wanted.verbose;
  return out;
}

}  // namespace

Printer::Printer(const Wanted& wanted) : wanted_(wanted), look_(look_of(wanted)) {}

std::string Printer::form(const DomainAudit& audited, std::string_view json) {
  switch (wanted_.each) {
    case Each::none:
      return "";
    case Each::line:
      return one_line(audited, look_.paint, look_.columns, wanted_.name_columns);
    case Each::text:
      return text_of(audited, look_);
    case Each::csv:
      return csv_line(audited);
    case Each::json:
      return std::string(json);
  }
  return "";
}

std::string Printer::in_turn(std::uint64_t number, std::string text) {
  if (!wanted_.in_order) return text;
  waiting_.emplace(number, std::move(text));
  std::string out;
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    out += behind_others(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
    ++next_;
  }
  return out;
}

/// Texts of several lines have an empty one between them.
std::string Printer::behind_others(std::string text) {
  if (text.empty()) return text;
  const bool gap = any_ && wanted_.each == Each::text;
  const bool head = !any_ && wanted_.each == Each::csv;
  any_ = true;
  return (gap ? "\n" : head ? csv_head() : "") + text;
}

std::string Printer::take(const DomainAudit& audited, std::string_view json) {
  const bool is_shown =
      wanted_.only.empty() || wanted_.only.contains(audited.judgement.grade);
  std::string text = is_shown ? form(audited, json) : "";
  const bool is_first = taken_++ == 0;
  if (wanted_.each == Each::line && is_first && is_shown) {
    only_one_ = text_of(audited, look_);
  } else {
    only_one_.clear();
  }
  text = wanted_.in_order ? in_turn(audited.item.number, std::move(text))
                          : behind_others(std::move(text));
  if (!only_one_.empty()) {
    first_ = std::move(text);
    return "";
  }
  std::string out = std::move(first_) + text;
  first_.clear();
  return out;
}

std::string Printer::finish() {
  if (!only_one_.empty()) return std::move(only_one_);
  std::string out = std::move(first_);
  for (auto& [number, text] : waiting_) out += behind_others(std::move(text));
  waiting_.clear();
  if (!any_ && wanted_.each == Each::csv) out = csv_head();
  return out;
}

}  // namespace cli::report

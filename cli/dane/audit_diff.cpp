#include "cli/dane/audit_diff.h"

#include <algorithm>
#include <map>

#include "cli/dane/audit/grade_words.h"
#include "cli/dane/audit/stored_runs.h"
#include "cli/dane/audit/summary.h"
#include "cli/layout.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

using audit::Grade;
using report::InBoth;

std::string transition(Grade was, Grade is) {
  return std::string(report::word_for(was)) + " → " + std::string(report::word_for(is));
}

/// What is in one set and not in the other, a few of it.
std::string difference(std::string_view label, const report::Texts& more,
                       const report::Texts& less) {
  std::vector<std::string> found;
  std::ranges::set_difference(more, less, std::back_inserter(found));
  std::string out;
  for (const std::string& one : found) {
    out += (out.empty() ? std::string(label) : ", ") + base::printable(one, base::kName);
  }
  return out;
}

/// What has changed at a domain beside its grade.
std::string other_changes(const InBoth& one) {
  std::string out = difference("new: ", one.is.findings, one.was.findings);
  const std::string gone = difference("gone: ", one.was.findings, one.is.findings);
  if (!gone.empty()) out += (out.empty() ? "" : "; ") + gone;
  if (one.was.records != one.is.records)
    out += (out.empty() ? "" : "; ") + std::string("other TLSA records");
  if (one.was.keys != one.is.keys)
    out += (out.empty() ? "" : "; ") + std::string("other keys");
  return out;
}

/// The changes on their way into words.
class Teller {
 public:
  Teller(const report::StoredRuns& runs, std::size_t columns)
      : runs_(runs), columns_(columns) {}

  void take(const InBoth& one) {
    const std::string others = other_changes(one);
    if (one.was.grade == one.is.grade && others.empty()) return;
    ++changed_;
    ++transitions_[{one.is.grade, one.was.grade}];
    TextLayout layout(columns_);
    const bool same = one.was.grade == one.is.grade;
    const std::string head =
        report::painted(one.is.grade, report::sign_for(one.is.grade), paint_) + " " +
        base::printable(one.input, base::kName) + "  " +
        (same ? std::string(report::word_for(one.is.grade))
              : transition(one.was.grade, one.is.grade));
    layout.sentence(0, head + (one.cause.empty() || same
                                   ? ""
                                   : "  " + paint_.faint(base::printable(one.cause))));
    if (!others.empty()) layout.sentence(4, others, 2);
    lines_[one.is.grade] += layout.text();
  }

  [[nodiscard]] std::string tell() const {
    TextLayout layout(columns_);
    const std::uint64_t both = runs_.in_both();
    layout.sentence(0, report::with_commas(both) +
                           (both == 1 ? " domain in both, " : " domains in both, ") +
                           report::with_commas(changed_) + " changed; " +
                           report::with_commas(runs_.size(1) - both) + " new, " +
                           report::with_commas(runs_.size(0) - both) + " gone");
    for (const auto& [grades, count] : transitions_) {
      if (grades.first == grades.second) continue;
      layout.as_it_is("  " + report::with_commas(count) + "  " +
                      transition(grades.second, grades.first));
    }
    for (auto one = lines_.rbegin(); one != lines_.rend(); ++one) {
      layout.gap().as_it_is(one->second);
    }
    return layout.text();
  }

  [[nodiscard]] bool any() const {
    return changed_ > 0 || runs_.size(0) != runs_.in_both() ||
           runs_.size(1) != runs_.in_both();
  }

 private:
  const report::StoredRuns& runs_;
  std::size_t columns_;
  Paint paint_;
  std::uint64_t changed_ = 0;
  std::map<std::pair<Grade, Grade>, std::uint64_t> transitions_;  // is, was
  std::map<Grade, std::string> lines_;
};

}  // namespace

base::Result<Outcome> audit_diff(const Arguments& arguments) {
  if (arguments.words().size() != 3) {
    return usage_error(
        "two files of JSON lines are needed: dane audit diff OLD.jsonl NEW.jsonl");
  }
  report::StoredRuns runs;
  for (const int which : {0, 1}) {
    const std::string& path = arguments.words()[static_cast<std::size_t>(which) + 1];
    if (auto good = runs.read(which, path); !good) return tl::unexpected(good.error());
  }
  if (arguments.has("json")) {
    bool any = false;
    runs.for_each_in_both([&](const InBoth& one) {
      const auto line = report::change_of(one.input, one.moment, one.was, one.is);
      if (line) print(*line);
      any = any || line;
    });
    return any ? Outcome::findings : Outcome::fine;
  }
  Teller teller(runs, output_columns());
  runs.for_each_in_both([&](const InBoth& one) { teller.take(one); });
  print(teller.tell());
  return teller.any() ? Outcome::findings : Outcome::fine;
}

}  // namespace cli::dane

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

/// Texts behind a label; empty for none.
std::string listed(std::string_view label, const report::Texts& texts) {
  std::string out;
  for (const std::string& one : texts) {
    out += (out.empty() ? std::string(label) : ", ") + base::printable(one, base::kName);
  }
  return out;
}

/// What has changed at a domain beside its grade.
std::string other_changes(const report::Difference& change) {
  std::string out;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) out += (out.empty() ? "" : "; ") + text;
  };
  add(listed("new: ", change.findings_new));
  add(listed("gone: ", change.findings_gone));
  if (!change.records_new.empty() || !change.records_gone.empty()) {
    add("other TLSA records");
  }
  if (!change.keys_new.empty() || !change.keys_gone.empty()) add("other keys");
  return out;
}

/// The changes on their way into words.
class Teller {
 public:
  explicit Teller(std::size_t columns) : columns_(columns) {}

  void take(const InBoth& one) {
    const report::Difference change = report::difference_of(one.was, one.is);
    if (!change.any()) return;
    const std::string others = other_changes(change);
    ++changed_;
    ++transitions_[{one.is.grade, one.was.grade}];
    TextLayout layout(columns_);
    const bool same = !change.grade;
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

  [[nodiscard]] std::string tell(const report::StoredRuns::Sizes& sizes) const {
    TextLayout layout(columns_);
    layout.sentence(0,
                    report::with_commas(sizes.both) +
                        (sizes.both == 1 ? " domain in both, " : " domains in both, ") +
                        report::with_commas(changed_) + " changed; " +
                        report::with_commas(sizes.newer - sizes.both) + " new, " +
                        report::with_commas(sizes.older - sizes.both) + " gone");
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

  [[nodiscard]] bool any() const { return changed_ > 0; }

 private:
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
  const auto sizes = runs.sizes();
  bool any = sizes.differ();
  if (arguments.has("json")) {
    runs.for_each_in_both([&](const InBoth& one) {
      const auto line = report::change_of(one.input, one.moment, one.was, one.is);
      if (line) print(*line);
      any = any || line;
    });
  } else {
    Teller teller(output_columns());
    runs.for_each_in_both([&](const InBoth& one) { teller.take(one); });
    print(teller.tell(sizes));
    any = any || teller.any();
  }
  return any ? Outcome::findings : Outcome::fine;
}

}  // namespace cli::dane

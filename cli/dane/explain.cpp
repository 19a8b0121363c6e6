// dane explain: what a word of a report means, how to see it, what to do about it.

#include <algorithm>
#include <set>

#include "cli/dane/audit/grade_words.h"
#include "cli/dane/command.h"
#include "cli/dane/reasons.h"
#include "cli/layout.h"
#include "cli/suggest.h"
#include "cli/terminal.h"
#include "src/audit/finding.h"
#include "src/audit/judgement.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane explain WORD...";

/// The one word that is a reason and a finding and means two things: a server that does
/// not prove what it must, and one that does not speak with us.
constexpr std::string_view kTwoMeanings = "refused";

/// One meaning of a word.
struct Explained {
  std::string kind;  ///< what speaks in this word
  std::string_view title;
  std::string look;
  std::string cure;
  std::string source;
};

std::string_view grade_meaning(audit::Grade grade) {
  switch (grade) {
    case audit::Grade::enforced:
      return "Every mail server of the domain is verified by DANE: mail to it can "
             "neither "
             "be read nor led astray on its way, if the sender uses DANE.";
    case audit::Grade::not_deployed:
      return "No mail server of the domain has TLSA records that count. Mail arrives as "
             "it always did, without DANE.";
    case audit::Grade::partial:
      return "Mail arrives, but not every mail server is there and verified by DANE.";
    case audit::Grade::undecided:
      return "It could not be found out now; ask again later.";
    case audit::Grade::broken:
      return "Senders that use DANE cannot deliver: their mail is queued, then "
             "bounces.";
    case audit::Grade::bad_input:
      return "The word is no domain name.";
  }
  return "";
}

Explained explained(const audit::Kind& kind) {
  return {"a finding of dane audit", kind.title, "dane audit -v DOMAIN",
          std::string(kind.advice), std::string(kind.source)};
}

/// A reason or grade and the finding that means the same, said once: the cause as the
/// reason or grade has it, and the advice of the finding before the other's.
void add_finding(const audit::Kind& kind, Explained& to) {
  const Explained finding = explained(kind);
  to.kind += " and " + finding.kind;
  to.look += (to.look.empty() ? "" : ", ") + finding.look;
  to.cure = finding.cure + (to.cure.empty() ? "" : " " + to.cure);
  if (to.source != finding.source) to.source += ", " + finding.source;
}

/// The grade of a word: that of the JSON, or that for people with hyphens.
std::optional<audit::Grade> grade_of(std::string_view word) {
  for (std::size_t i = 0; i < audit::kGrades; ++i) {
    const auto grade = static_cast<audit::Grade>(i);
    std::string shown = base::lower(report::word_for(grade));
    std::ranges::replace(shown, ' ', '-');
    if (shown == word) return grade;
  }
  return audit::grade_from_text(word);
}

std::vector<Explained> explanations_of(std::string_view word) {
  std::vector<Explained> out;
  if (const auto grade = grade_of(word)) {
    const bool is_finding = grade == audit::Grade::bad_input;
    out.push_back({is_finding ? "a grade" : "a grade of dane audit",
                   grade_meaning(*grade), is_finding ? "" : "dane audit DOMAIN",
                   is_finding ? "" : "The findings say what to do.", "docs/audit.md"});
  }
  for (const ReasonText& reason : reasons()) {
    if (reason.word != word) continue;
    out.push_back({"a reason in reports", reason.title, std::string(reason.look),
                   std::string(reason.cure), std::string(reason.source)});
  }
  for (const audit::Kind& kind : audit::catalogue()) {
    if (kind.word != word) continue;
    if (out.empty() || word == kTwoMeanings) {
      out.push_back(explained(kind));
    } else {
      add_finding(kind, out.back());
    }
  }
  return out;
}

std::vector<std::string_view> all_words() {
  std::set<std::string_view> out;
  for (std::size_t i = 0; i < audit::kGrades; ++i) {
    out.insert(audit::to_text(static_cast<audit::Grade>(i)));
  }
  for (const ReasonText& reason : reasons()) out.insert(reason.word);
  for (const audit::Kind& kind : audit::catalogue()) out.insert(kind.word);
  return {out.begin(), out.end()};
}

std::string text_of(std::string_view word, const std::vector<Explained>& all) {
  const Paint paint;
  TextLayout layout(output_columns());
  layout.labels(2, 9);
  for (const Explained& one : all) {
    layout.gap().sentence(0, paint.strong(word) + ", " + one.kind);
    layout.row("Cause", report::as_sentence(one.title));
    if (!one.look.empty()) layout.row("Look", one.look);
    layout.row("Cure", report::as_sentence(one.cure));
    layout.row("Source", one.source);
  }
  return layout.text();
}

base::Result<Outcome> explain(const Arguments& arguments) {
  if (arguments.words().empty()) {
    TextLayout layout(output_columns());
    layout.sentence(0, "Words that can be explained:");
    std::string words;
    for (const std::string_view word : all_words()) {
      words += (words.empty() ? "" : ", ") + std::string(word);
    }
    layout.gap().sentence(2, words);
    print(layout.text());
    return Outcome::fine;
  }
  std::string out;
  for (const std::string& given : arguments.words()) {
    std::string word = base::lower(given);
    std::ranges::replace(word, '_', '-');
    std::ranges::replace(word, ' ', '-');
    const auto all = explanations_of(word);
    if (all.empty()) {
      return usage_error(base::printable(given, base::kWord) + " is no word of a report" +
                         suggestion(word, all_words()) +
                         "; dane explain alone lists them");
    }
    out += (out.empty() ? "" : "\n") + text_of(word, all);
  }
  print(out);
  return Outcome::fine;
}

constexpr std::string_view kAbout =
    R"(Says what a reason, a finding or a grade means, how to look at it oneself, what
to do about it, and where it is written. Without WORD all words are listed.
)";

/// The words that shells propose.
std::vector<std::string> proposals() {
  const auto words = all_words();
  return {words.begin(), words.end()};
}

}  // namespace

const Command kExplain = {.name = "explain",
                          .summary = "what a word of a report means, and what to do",
                          .usage = kUsage,
                          .about = kAbout,
                          .words = {{"WORD", WordKind::text, proposals()}},
                          .run = explain,
                          .json = JsonOpener::command};

}  // namespace cli::dane

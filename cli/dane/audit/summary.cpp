#include "cli/dane/audit/summary.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/dane/audit/grade_words.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "src/base/bytes.h"
#include "verify/certificate.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::size_t kNumberColumns = 11;
constexpr std::size_t kBarColumns = 20;

std::string right(const std::string& text, std::size_t columns) {
  const std::size_t width = width_of(text);
  return std::string(width < columns ? columns - width : 0, ' ') + text;
}

/// Not more exact than so many domains can be.
std::string percent(std::uint64_t part, std::uint64_t whole) {
  constexpr double kHundred = 100.0;
  constexpr std::uint64_t kFew = 100, kMany = 1000;
  std::array<char, 32> text{};
  const int decimals = whole < kFew ? 0 : whole < kMany ? 1 : 2;
  std::snprintf(text.data(), text.size(), "%.*f %%", decimals,
                kHundred * static_cast<double>(part) / static_cast<double>(whole));
  return text.data();
}

/// A bar in eighths of a column; what is there at all is seen.
std::string bar(std::uint64_t part, std::uint64_t whole) {
  constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto scaled = static_cast<std::size_t>(static_cast<double>(part) * kBarColumns *
                                               8 / static_cast<double>(whole));
  const std::size_t eighths = std::max<std::size_t>(scaled, part > 0 ? 1 : 0);
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  return out + kEighths.at(eighths % 8);
}

std::string span_words(std::chrono::milliseconds took) {
  constexpr std::chrono::seconds kShort{10};
  if (took >= kShort) {
    return span_in_words(std::chrono::duration_cast<std::chrono::seconds>(took));
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s",
                static_cast<double>(took.count()) / 1000.0);
  return text.data();
}

/// `2026-11-28 22:17 UTC`.
std::string minute(std::chrono::sys_seconds moment) {
  std::string out = verify::to_text(moment).substr(0, 16);
  std::ranges::replace(out, 'T', ' ');
  return out + " UTC";
}

class Teller {
 public:
  Teller(const Tally& tally, const RunFacts& facts, const Look& look)
      : tally_(tally), facts_(facts), look_(look), layout_(look.columns) {}

  std::string tell() {
    layout_.sentence(0, with_commas(tally_.domains()) +
                            (tally_.domains() == 1 ? " domain in " : " domains in ") +
                            span_words(facts_.took) + ", " + minute(facts_.now));
    layout_.gap().labels(0, kNumberColumns + 2);
    tell_grades();
    tell_causes(Grade::broken,
                tally_.of(Grade::broken) == 1 ? "is broken" : "are broken");
    tell_causes(Grade::partial, tally_.of(Grade::partial) == 1 ? "is partly protected"
                                                               : "are partly protected");
    tell_causes(Grade::undecided, "could not be told");
    tell_hosts();
    tell_ends();
    tell_more();
    return layout_.text();
  }

 private:
  void tell_grades();
  void tell_causes(Grade grade, std::string_view what);
  void tell_hosts();
  void tell_ends();
  void tell_more();

  const Tally& tally_;
  const RunFacts& facts_;
  const Look& look_;
  TextLayout layout_;
};

void Teller::tell_grades() {
  const std::uint64_t whole = tally_.domains() - tally_.of(Grade::bad_input);
  for (const Grade grade : {Grade::enforced, Grade::partial, Grade::broken,
                            Grade::not_deployed, Grade::undecided}) {
    const std::uint64_t number = tally_.of(grade);
    if (number == 0) continue;
    std::string line = padded(word_for(grade), kGradeColumns);
    line = "  " + painted(grade, line, look_.paint) +
           right(with_commas(number), kNumberColumns) +
           right(percent(number, whole), kNumberColumns) + "  " +
           padded(bar(number, whole), kBarColumns);
    const std::string meaning(meaning_of(grade));
    const bool fits = width_of(line) + 1 + meaning.size() <= look_.columns;
    layout_.as_it_is(fits && look_.verbose
                         ? line + " " + meaning
                         : line.substr(0, line.find_last_not_of(' ') + 1));
  }
  if (const std::uint64_t wrong = tally_.of(Grade::bad_input); wrong > 0) {
    layout_.as_it_is("  " + padded("not counted", kGradeColumns) +
                     right(with_commas(wrong), kNumberColumns) + "  " +
                     (wrong == 1 ? "line that is no domain name"
                                 : std::string(meaning_of(Grade::bad_input))));
  }
}

/// A table of three columns: what, how many, and the code.
void Teller::tell_causes(Grade grade, std::string_view what) {
  const auto& causes = tally_.causes.at(static_cast<std::size_t>(grade));
  if (causes.empty()) return;
  std::vector<std::pair<Code, std::uint64_t>> most(causes.begin(), causes.end());
  std::ranges::stable_sort(most, std::greater(), &std::pair<Code, std::uint64_t>::second);
  const std::size_t shown =
      look_.verbose ? most.size() : std::min<std::size_t>(most.size(), 5);
  layout_.gap().sentence(
      0, "Why " + with_commas(tally_.of(grade)) + " " + std::string(what));
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < most.size(); ++i) {
    if (i >= shown) {
      rest += most[i].second;
      continue;
    }
    const Kind& kind = kind_of(most[i].first);
    layout_.row(right(with_commas(most[i].second), kNumberColumns),
                std::string(kind.title) + "  " + look_.paint.faint(kind.word));
  }
  if (rest > 0) {
    layout_.row(right(with_commas(rest), kNumberColumns),
                counted(most.size() - shown, "more cause", "more causes") + " (-v)");
  }
}

void Teller::tell_hosts() {
  // What the earlier part of a run has of them is not read again.
  if (facts_.resumed) return;
  std::vector<std::pair<std::string, Tally::Host>> most;
  for (const auto& [name, host] : tally_.breaking) {
    if (host.domains > 1) most.emplace_back(name, host);
  }
  if (most.empty()) return;
  std::ranges::stable_sort(most, [](const auto& one, const auto& other) {
    return one.second.domains > other.second.domains;
  });
  layout_.gap().sentence(0, "Mail servers that break most domains");
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < std::min(most.size(), kMost); ++i) {
    layout_.row(right(with_commas(most[i].second.domains), kNumberColumns),
                base::printable(most[i].first, base::kName) + "  " +
                    look_.paint.faint(kind_of(most[i].second.cause).word));
  }
}

/// The next commands, for the worst of them.
void Teller::tell_more() {
  for (const Grade grade : {Grade::broken, Grade::partial}) {
    const auto& some = tally_.examples.at(static_cast<std::size_t>(grade));
    if (some.empty()) continue;
    const std::string& first = some.front();
    const std::string domain = first.substr(0, first.find(' '));
    layout_.gap().sentence(0, "More: dane audit " + base::printable(domain, base::kName));
    return;
  }
}

void Teller::tell_ends() {
  std::string text;
  const auto add = [&](std::string_view what,
                       const std::optional<std::chrono::sys_seconds>& moment,
                       const std::string& whose) {
    if (!moment) return;
    text +=
        (text.empty() ? "" : ", ") + std::string(what) + " " +
        verify::to_text(*moment).substr(0, 10) + " (" +
        (*moment > facts_.now ? "in " + span_in_words(*moment - facts_.now) : "over") +
        ", " + base::printable(whose, base::kName) + ")";
  };
  add("a signature", tally_.first_signature_end, tally_.first_signature_of);
  add("a certificate", tally_.first_certificate_end, tally_.first_certificate_of);
  if (!text.empty()) layout_.gap().sentence(0, "Soonest to end: " + text);
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string summary_of(const Tally& tally, const RunFacts& facts, const Look& look) {
  return Teller(tally, facts, look).tell();
}

}  // namespace cli::report

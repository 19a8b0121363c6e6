#include "cli/dane/audit/tally.h"

#include <numeric>
#include <set>

#include "cli/dane/audit/grade_words.h"
#include "src/audit/cause.h"

namespace cli::report {
namespace {

using namespace audit;

/// The earlier moment, and whose it is.
void keep_first(std::optional<std::chrono::sys_seconds>& first, std::string& whose,
                std::chrono::sys_seconds moment, const std::string& word) {
  if (first && moment >= *first) return;
  first = moment;
  whose = word;
}

}  // namespace

void Tally::add_name(const std::string& word, Grade grade,
                     std::string_view worst_finding) {
  // One beyond them, and it is known that there are more.
  if (named.size() <= kMostNamed) named.insert_or_assign(word, grade);
  auto& some = examples.at(static_cast<std::size_t>(grade));
  if (some.size() == kMostExamples) return;
  some.push_back(word);
  if (!worst_finding.empty()) some.back() += " (" + std::string(worst_finding) + ")";
}

void Tally::add_cause(Grade grade, Code cause) {
  ++causes.at(static_cast<std::size_t>(grade))[cause];
}

void Tally::add_breaking(const DomainAudit& audited) {
  const Judgement& judgement = audited.judgement;
  if (judgement.grade != Grade::broken || !judgement.cause) return;
  for (std::size_t i = 0; i < judgement.hosts.size(); ++i) {
    if (judgement.hosts[i].access != Access::refused) continue;
    const std::string& name = audited.seen.hosts[i]->seen.name.text();
    if (breaking.size() == kMostBreaking && !breaking.contains(name)) continue;
    const Code cause =
        turned_away_at(audited.seen, judgement, i).value_or(*judgement.cause);
    const auto at = breaking.try_emplace(name, Host{0, cause}).first;
    ++at->second.domains;
  }
}

void Tally::add_ends(const DomainAudit& audited) {
  const auto add_signature = [&](std::chrono::sys_seconds until) {
    keep_first(first_signature_end, first_signature_of, until, audited.item.word);
  };
  for (const auto& host : audited.seen.hosts) {
    if (host->seen.tlsa.signed_until) add_signature(*host->seen.tlsa.signed_until);
    for (const AddressJudged& address : host->judged.addresses) {
      if (!address.good_until) continue;
      keep_first(first_certificate_end, first_certificate_of, *address.good_until,
                 audited.item.word);
    }
  }
  const auto& mx = audited.seen.mx;
  if (mx.signature && mx.security == dns::Security::secure) {
    add_signature(mx.signature->until);
  }
}

void Tally::add(const DomainAudit& audited) {
  const Judgement& judgement = audited.judgement;
  ++grades.at(static_cast<std::size_t>(judgement.grade));
  std::set<Code> codes;
  bool warned = false;
  for (const Finding& finding : judgement.findings) {
    codes.insert(finding.code);
    warned = warned || kind_of(finding.code).severity != Severity::note;
  }
  for (const Code code : codes) ++findings[code];
  if (warned) ++warnings;
  if (judgement.cause) add_cause(judgement.grade, *judgement.cause);
  add_breaking(audited);
  add_name(
      audited.item.word, judgement.grade,
      judgement.findings.empty() ? "" : kind_of(judgement.findings.front().code).word);
  add_ends(audited);
}

std::uint64_t Tally::domains() const {
  return std::accumulate(grades.begin(), grades.end(), std::uint64_t{0});
}

Grade Tally::worst() const {
  for (std::size_t i = kGrades - 1; i > 0; --i) {  // all but bad input
    if (grades.at(i - 1) > 0) return static_cast<Grade>(i - 1);
  }
  return of(Grade::bad_input) > 0 ? Grade::bad_input : Grade::enforced;
}

std::string in_words(const Tally& tally) {
  std::string out;
  for (std::size_t i = 0; i < kGrades; ++i) {
    if (tally.grades.at(i) == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(tally.grades.at(i)) + " " +
           std::string(word_for(static_cast<Grade>(i)));
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace cli::report

// Which records of an RRset are asked, in which order, and what is told.
//
// The RRset comes from the owner of the domain, secured by DNSSEC; the chain comes from
// whoever answers the connection. One record that matches proves the peer. What has to be
// kept out on the way:
//
// - An unusable record must say nothing: not that the peer is wrong, and not that DANE is
//   off. A domain that publishes `3 1 9` beside `3 1 1` is served by the second; one
//   whose records are all unusable is another case (RFC 7672 2.2: mail is encrypted and
//   nobody is proved; RFC 7671 10.3: elsewhere it is refused), and check.cpp decides it.
//   Therefore "none usable" has a reason of its own, and a mismatch of one usable record
//   never turns into it.
//
// - Of digests of one usage and selector only the strongest counts (RFC 7671 9).
// Otherwise
//   whoever breaks SHA2-256 one day would be let in by the old record that stands beside
//   a SHA2-512. Usable ones alone compete: a malformed SHA2-512 must not switch off the
//   SHA2-256 by which the domain is reached.
//
// - DNS gives the records of a set in any order. So they are sorted: first the usages
// that
//   need no search for a path (DANE-EE, PKIX-EE), then DANE-TA and PKIX-TA, then by
//   numbers and data. The same RRset thus gives the same verdict, word for word, and the
//   cheap question comes before the dear one.
//
// - A record that is there twice is judged once: a thousand copies of a record whose path
//   is long would otherwise cost a thousand searches. All records share one purse, and
//   when that is empty the answer is no (purse.h).
//
// - Of several failures the nearest to success is told, by rank(): somebody whose leaf
// has
//   expired below the right anchor wants to hear that, and not that another record of a
//   rollover did not match.
//
// How one record is judged is in record_judge.cpp.
#include "verify/dane.h"

#include <algorithm>
#include <tuple>

#include "verify/digest_agility.h"
#include "verify/record_judge.h"
#include "verify/tlsa_usable.h"

namespace verify {
namespace {

/// The place of a record among others.
auto order_key(const dns::Tlsa& record) {
  const bool searches = dns::is_about_issuer(record.usage);
  const bool wants_store = dns::needs_trust_store(record.usage);
  return std::make_tuple(searches, wants_store, record.usage, record.selector,
                         record.matching, base::as_text(record.data));
}

/// Why a record cannot be used in this case, in words; nothing if it can.
std::optional<std::string> unusable_here(const dns::Tlsa& record, const Case& the_case) {
  const auto& requirement = the_case.requirement;
  const auto store =
      the_case.context.roots != nullptr ? TrustStore::named : TrustStore::none;
  if (auto why = unusable(record, requirement.service, store)) return why;
  if (requirement.only_dane_ee && record.usage != dns::kDaneEe) {
    return "the key usage of the certificate is for nobody but DANE-EE to overlook";
  }
  return std::nullopt;
}

/// Notes what is unusable, calls the rest superseded for now, and returns the records to
/// try, in the order in which they are tried.
std::vector<std::size_t> note_usable(const Case& the_case,
                                     std::vector<RecordNote>& notes) {
  const auto& records = the_case.requirement.records;
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (auto why = unusable_here(records[i], the_case)) {
      notes.push_back({RecordState::unusable, Reason::no_usable_record, std::move(*why),
                       std::nullopt});
    } else {
      usable.push_back(i);
      notes.push_back({RecordState::superseded, Reason::none,
                       "a stronger digest is there", std::nullopt});
    }
  }
  auto kept = strongest_digests(records, usable);
  std::ranges::stable_sort(kept, {},
                           [&](std::size_t index) { return order_key(records[index]); });
  return kept;
}

/// Fills in the note of each record up to the one that proves the peer; returns how many
/// were tried.
std::size_t try_in_order(const Case& the_case, std::span<const std::size_t> order,
                         Verdict& out) {
  const auto& records = the_case.requirement.records;
  RecordJudge judge(the_case);
  std::size_t tried = 0;
  while (tried < order.size() && !out.record) {
    const std::size_t index = order[tried];
    const bool again = tried > 0 && records[order[tried - 1]] == records[index];
    out.notes[index] = again ? out.notes[order[tried - 1]] : judge.judge(records[index]);
    if (out.notes[index].state == RecordState::matched) out.record = index;
    ++tried;
  }
  if (out.record) out.matched_name = judge.matched_name();
  out.warnings = judge.warnings();
  return tried;
}

/// The record that the verdict speaks of: the one that matched, or the nearest failure.
std::optional<std::size_t> telling(const Verdict& verdict,
                                   std::span<const std::size_t> tried) {
  if (verdict.record) return verdict.record;
  const auto nearest = std::ranges::max_element(
      tried, {}, [&](std::size_t index) { return rank(verdict.notes[index].reason); });
  return nearest == tried.end() ? std::nullopt : std::optional(*nearest);
}

}  // namespace

Verdict judge_records(const Case& the_case) {
  Verdict out;
  out.reason = Reason::no_usable_record;
  out.detail = "no TLSA record can be used";
  const auto order = note_usable(the_case, out.notes);
  const auto tried = std::span(order).first(try_in_order(the_case, order, out));
  for (const std::size_t index : std::span(order).subspan(tried.size())) {
    out.notes[index] = {RecordState::untried, Reason::none, "", std::nullopt};
  }
  const auto told = telling(out, tried);
  if (!told) return out;
  const RecordNote& note = out.notes[*told];
  out.outcome = out.record ? Outcome::dane : Outcome::rejected;
  out.reason = note.reason;
  out.detail = note.detail;
  out.depth = note.depth;
  return out;
}

}  // namespace verify

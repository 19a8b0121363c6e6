#include "cli/dane/check_record.h"

#include <algorithm>

#include "src/base/bytes.h"

namespace cli::dane {

/// What a record that was not needed is good for: it is tried alone. Strangers choose how
/// many there are and what it takes to look at them, so all of them have the work of one
/// judgement.
RecordWords RecordTeller::spare_words(const client::Report& peer,
                                      const dns::Tlsa& record) {
  policy::DnsFacts alone = facts_;
  alone.records = {record};
  const auto requirement = policy::decide(alone, job_.demand);
  if (!requirement || signatures_left_ == 0) return {std::nullopt, "not tried"};
  verify::Context context{now_, job_.store(), {}};
  context.budget.signatures = signatures_left_;
  const auto verdict = verify::check(peer.chain, *requirement, context);
  signatures_left_ -= std::min(signatures_left_, verdict.signatures + 1);
  const bool proves = verify::accepted(verdict.outcome) && verdict.record.has_value();
  if (proves) return {Outcome::fine, "matches too: a good spare"};
  return {std::nullopt, "matches nothing here"};
}

RecordWords RecordTeller::words_of(const client::Report& peer, std::size_t index) {
  const dns::Tlsa& record = facts_.records[index];
  const verify::RecordNote& note = peer.verdict->notes[index];
  const std::string own = record.selector == dns::kSpki ? "key" : "certificate";
  const std::string place =
      note.depth.value_or(0) == 0 ? "matches the server's " + own : "matches its issuer";
  switch (note.state) {
    case verify::RecordState::matched:
      return {Outcome::fine, place};
    case verify::RecordState::failed:
      return {Outcome::findings, place + ", and does not prove it"};
    case verify::RecordState::unmatched:
      return {Outcome::findings, "matches nothing here"};
    case verify::RecordState::unusable:
      return {Outcome::undecided, "cannot be used: " + base::printable(note.detail)};
    case verify::RecordState::superseded:
      return {std::nullopt, "not looked at beside a stronger digest"};
    case verify::RecordState::untried:
      return spare_words(peer, record);
  }
  return {std::nullopt, "not tried"};
}

}  // namespace cli::dane

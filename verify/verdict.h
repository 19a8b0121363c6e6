#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verify/reason.h"

namespace verify {

/// What was proved. The zero value is the refusal.
enum class Outcome {
  rejected,         ///< what was required was not proved
  unauthenticated,  ///< nothing was required (or, for mail, no record was usable)
  pkix,             ///< a path to the trust store and the name
  dane,             ///< a TLSA record
  dane_and_pkix,    ///< both
};

/// `rejected`, `unauthenticated`, `pkix`, `dane` or `dane+pkix`.
[[nodiscard]] std::string_view to_text(Outcome outcome);
/// Whether data may flow.
[[nodiscard]] constexpr bool accepted(Outcome outcome) {
  return outcome != Outcome::rejected;
}

/// What became of one TLSA record.
enum class RecordState {
  unusable,    ///< cannot be used, because (RFC 6698 4.1)
  superseded,  ///< digest agility: a stronger digest stands beside it (RFC 7671 9)
  unmatched,   ///< matches nothing that the peer sent
  failed,      ///< matches, but what else its usage demands is not there
  matched,     ///< proves the peer
  untried,     ///< usable, not needed after another one matched
};

/// `unusable`, `superseded`, `unmatched`, `failed`, `matched` or `untried`.
[[nodiscard]] std::string_view to_text(RecordState state);

/// One line of the protocol for each record of the RRset, in the RRset's order.
struct RecordNote {
  RecordState state = RecordState::unmatched;
  Reason reason = Reason::mismatch;
  std::string detail;                ///< for people, one line, may be empty
  std::optional<std::size_t> depth;  ///< of the matched certificate, 0 is the leaf
};

/// The whole judgement on a peer. Reports, environments and exit codes are printed from
/// it; nobody derives a reason a second time.
struct Verdict {
  Outcome outcome = Outcome::rejected;
  Reason reason = Reason::no_certificate;
  std::string detail;                 ///< for people, one line, without the reason's word
  std::optional<std::size_t> record;  ///< index of the TLSA record that proves the peer
  std::optional<std::size_t> depth;   ///< of the certificate or key that it matched
  std::string matched_name;  ///< the presented name that satisfied the check, if any
  std::vector<std::string> presented;  ///< names in the leaf, bounded, safe to print
  std::vector<RecordNote> notes;       ///< as many as the requirement has records
  std::size_t signatures = 0;          ///< checked on the way
  std::size_t steps = 0;               ///< of the searches for paths
  std::vector<std::string>
      warnings;  ///< what a careful reader wants to know all the same
};

}  // namespace verify

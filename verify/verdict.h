#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Why a record, a path or a peer was not accepted. Later values are nearer to success,
/// so that the greatest reason among several failures is the most useful one to tell.
enum class Reason {
  none,              ///< accepted
  no_certificate,    ///< the peer sent none
  bad_certificate,   ///< the leaf is not a certificate
  no_trust_store,    ///< PKIX is required and no store is named
  no_usable_record,  ///< every TLSA record is unusable
  mismatch,          ///< no usable record matches what the peer sent
  anchor_is_leaf,    ///< DANE-TA matches the leaf only (RFC 7671 5.2: it must issue)
  chain_too_long,    ///< more certificates than the budget allows
  no_path,           ///< no path from the leaf to the anchor
  budget_exhausted,  ///< finding or judging a path would take more work than allowed
  bad_signature,     ///< a signature on the path is wrong
  weak_algorithm,    ///< a signature or a key on the path is too weak
  unsupported_key,   ///< the leaf's key is of no kind that our TLS can check
  not_a_ca,          ///< an issuer on the path may not sign certificates
  path_too_long,     ///< a path length constraint, or the user's depth, is exceeded
  constraint,        ///< a name constraint or an unknown critical extension
  key_purpose,       ///< key usage or extended key usage forbid a TLS server
  not_yet_valid,     ///< a validity period on the path has not begun
  expired,           ///< a validity period on the path has ended
  too_many_names,    ///< the path is good, and none of the names that are looked at is
  name_mismatch,     ///< the path is good, the names are not
};

/// The stable word of a reason: `ok` for none, else as the enumerator, with hyphens.
[[nodiscard]] std::string_view to_text(Reason reason);

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

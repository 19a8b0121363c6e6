// src/evidence: what a verdict was made of, so that anybody can check it again later
// without a network (docs/evidence-format.md).
//
// bundle.h is what one bundle holds: DNS answers from the root's key down, handshakes
// in which the server signed our challenge, and what else was seen. commitment.h makes
// that challenge of the answers that were there before it, challenge.h each time anew.
// trail.h records what a source tells (told.h, leftovers.h, alias_order.h) while
// somebody asks, again.h when he asks once more, chain.h adds what proves it,
// assemble.h makes the DNS part of a bundle of that and bundle_json.h its text
// (canonical_json.h, bundle_bounds.h). To check one, replay_source.h validates its
// answers again and peer_check.h what peers signed; handshake_proof.h says what a
// server signed of a handshake. second_validator.h says by another implementation what
// DNSSEC makes of the answers, root_keys.h when keys of the root count, strength.h how
// much the signatures are worth, trust_chain.h which of them lead from the root to what
// was asked for, and authentication_chain.h gives those behind TLSA records to other
// verifiers (RFC 9102), as received_chain.h and chain_proof.h take theirs.
// The bundles of a run are the leaves of a tree (merkle_tree.h), whose root stands in a
// checkpoint (checkpoint.h); others witness that by a time-stamp (time_stamp.h,
// stamp_request.h). run_check.h says whether a bundle stands where it says.
// evidence_files.h writes bundles to files, store.h keeps those of many runs in one.
// presentation.h shows records to people, and redaction.h takes out what a proof can
// spare.
// Not here: what follows from the answers; the same programs that made a verdict make it
// again from a bundle.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "resolver/type.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/name.h"
#include "src/base/security.h"

namespace evidence {

/// The version of the rules by which verdicts are made: whoever changes what a verdict of
/// the same facts is raises it.
inline constexpr int kRules = 1;

/// An answer of the DNS, as octets that mean the same wherever they came from.
struct Answer {
  dns::Name name;
  std::uint16_t type = 0;
  /// Why no answer came; then the rest says nothing.
  std::optional<base::Error> error;
  int rcode = 0;
  dns::Security security = dns::Security::bogus;
  std::string why_bogus;               ///< what libunbound said about it; a claim
  std::size_t octets = 0;              ///< the size of the answer as it came; a claim
  std::vector<std::size_t> answer;     ///< indices into DnsEvidence::sets, ascending
  std::vector<std::size_t> authority;  ///< likewise
};

/// How long signatures count beyond their dates: a tenth of their lifetime, within these.
struct Skew {
  std::chrono::seconds least{3600};
  std::chrono::seconds most{86'400};

  [[nodiscard]] bool operator==(const Skew&) const = default;
};

/// Questions asked once more, past every cache.
struct AskedAgain {
  std::chrono::sys_seconds moment;
  std::vector<Answer> answers;
};

/// The DNS answers of a bundle; docs/evidence-format.md says what holds of them.
struct DnsEvidence {
  Skew skew;
  std::vector<base::Bytes> sets;
  std::vector<Answer> answers;
  std::vector<AskedAgain> again;
};

/// 32 octets: a SHA-256, a random of TLS, a blind.
using Octets32 = std::array<std::byte, 32>;

/// A handshake whose random was made by `commitment` (commitment.h).
struct Handshake {
  std::string address;  ///< where, as text; proved by nobody
  std::uint16_t port = 0;
  std::string host;         ///< the name or address whose peer it is
  std::string how;          ///< why it was held
  std::string server_name;  ///< in the hello (RFC 6066 3); empty: none
  std::chrono::sys_seconds moment;
  Octets32 blind{};
  std::vector<std::size_t> answers;   ///< indices into DnsEvidence::answers, ascending
  Octets32 previous{};                ///< hash of the checkpoint of the run before
  std::vector<base::Bytes> messages;  ///< with their headers (RFC 8446 4), in order
};

/// Where a bundle stands in a run.
struct RunPlace {
  std::string checkpoint;
  std::uint64_t index = 0;
  std::vector<Octets32> path;       ///< RFC 6962 2.1.1, from the leaf up
  std::vector<base::Bytes> stamps;  ///< RFC 3161 TimeStampToken, DER
};

/// One bundle. `about`, `facts` and `verdict` are JSON in its canonical form (RFC 8785).
struct Bundle {
  std::string maker;
  int rules = kRules;
  std::string about;
  std::chrono::sys_seconds moment;
  DnsEvidence dns;
  std::vector<Handshake> peers;
  std::string facts;
  std::string verdict;
  std::optional<RunPlace> run;
};

}  // namespace evidence

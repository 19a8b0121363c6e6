#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/security.h"
#include "src/evidence/bundle.h"
#include "src/evidence/zone_key.h"

namespace evidence {

/// Keys of the root that somebody trusts, and when they do (RFC 9718 2).
struct RootAnchor {
  std::string text;  ///< DS or DNSKEY records as files of trust anchors have them
  std::optional<std::chrono::sys_seconds> from;   ///< not before; nothing: always
  std::optional<std::chrono::sys_seconds> until;  ///< not at or after; nothing: for ever
};

/// How much a bundle may make us compute. Who wrote it chose every number in it: keys of
/// one tag and signatures that none of them made (CVE-2023-50387), names of many labels
/// to be hashed (CVE-2023-50868). Honest answers stay far below.
struct WorkBounds {
  std::size_t checks_a_question = 64;   ///< signatures tried with a key
  std::size_t checks = 8192;            ///< likewise, of the whole bundle
  std::size_t keys_a_signature = 4;     ///< of one algorithm and tag
  std::size_t failures_a_ds_set = 4;    ///< keys that DS records name and do not fit
  std::size_t hashes_a_question = 160;  ///< names for NSEC3, each up to 151 times SHA-1
  std::size_t hashes = 8192;            ///< likewise, of the whole bundle
};

/// What a validation starts from, beside the answers.
struct ValidationBasis {
  std::vector<RootAnchor> anchors;
  std::chrono::sys_seconds moment;  ///< when the answers must be right
  Skew skew;
  WorkBounds bounds;
  Ed448 ed448 = Ed448::unknown;
  /// Which of the answers are judged, ascending, the others for their sake alone; empty:
  /// all. Those that are not have no state that anything follows from.
  std::vector<std::size_t> only;
};

/// A signature that an answer's state rests on.
struct UsedSignature {
  dns::Name owner;
  std::uint16_t type = 0;
  dns::Name zone;  ///< whose key made it
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::size_t rsa_bits = 0;  ///< of the key's modulus; 0: another kind of key
  std::chrono::sys_seconds inception;
  std::chrono::sys_seconds expiration;
  /// The digest by which the parent, or the root's anchor, names the key that signed;
  /// only of DNSKEY records.
  std::optional<std::uint8_t> ds_digest;
};

/// A question whose answer a validator needs and the bundle does not have.
struct MissingAnswer {
  dns::Name name;
  std::uint16_t type = 0;
  [[nodiscard]] bool operator==(const MissingAnswer&) const = default;
};

/// What holds of one answer.
struct JudgedAnswer {
  /// `indeterminate`: something is missing, or no answer came in the first place.
  dns::Security security = dns::Security::bogus;
  std::string reason;  ///< why it is not secure, in words fit to print
  std::optional<MissingAnswer> missing;
  /// Where secure or insecure, all that this rests on from the root down: indices into
  /// SecondOpinion::signatures, ascending.
  std::vector<std::size_t> signatures;
};

/// What the way from the root to a name ends with.
struct JudgedPlace {
  dns::Name name;
  bool is_zone = false;  ///< its keys are trusted
  JudgedAnswer state;    ///< of the name, by what its DS and DNSKEY records say
};

struct SecondOpinion {
  std::vector<JudgedAnswer> answers;  ///< as the answers that were given, in their order
  std::vector<UsedSignature> signatures;
  /// Each name that was walked to, the root first and no name before those above it.
  std::vector<JudgedPlace> places;
  bool lacked_ed448 = false;  ///< a zone would be a signed one to who knows it
  std::size_t checks = 0;     ///< signatures tried with a key
  std::size_t hashes = 0;     ///< names hashed for NSEC3
};

class AnswerBook;

/// What DNSSEC says of the answers of one moment, where libunbound validates them too:
/// another implementation of RFC 4035 5 and RFC 5155 8, over ldns, that must come to the
/// same states. `sets` and `answers` are those of a DnsEvidence. Of questions asked again
/// the zones' keys stand in its first answers: give both, the new ones in place of the
/// old. Total, without a clock and without a network.
[[nodiscard]] SecondOpinion second_opinion(std::span<const base::Bytes> sets,
                                           std::span<const Answer> answers,
                                           const ValidationBasis& basis);

/// `second_opinion` on the answers of a bundle, whose maker's libunbound may have known
/// Ed448 or not: by those algorithms that lead to the states which the answers have.
[[nodiscard]] SecondOpinion second_opinion(const DnsEvidence& dns, ValidationBasis basis);
/// Likewise of answers that are read already, for who asks about several moments.
[[nodiscard]] SecondOpinion second_opinion(const AnswerBook& book, ValidationBasis basis);

/// Whether an answer has the state that was judged. They are the same too where nothing
/// follows from either: a validator that lacks a record calls an answer bogus, or says
/// that it cannot tell; and a failure of the name servers tells nothing, whatever a
/// validator calls it.
[[nodiscard]] bool is_same(const Answer& answer, const JudgedAnswer& judged);

}  // namespace evidence

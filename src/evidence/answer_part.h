#pragma once

#include <set>

#include "src/evidence/zone_denials.h"
#include "src/evidence/zone_walk.h"

namespace evidence {

/// What answers are judged with.
struct JudgingTools {
  const AnswerBook* book;
  SignatureChecks* checks;
  NameHashes* hashes;
  ZoneWalk* zones;
};

/// One answer, judged part by part along its aliases. It remembers which of its sets were
/// vouched for: what is left over has no business there.
class AnswerParts {
 public:
  AnswerParts(const BookEntry& entry, const JudgingTools& tools)
      : entry_(&entry), tools_(tools) {}

  /// The records of a set of the answer section, as the answer to the owner's question.
  [[nodiscard]] JudgedAnswer records(std::size_t set);
  /// An alias that a DNAME record makes (RFC 6672): the set of that record, and the CNAME
  /// set that says so, if there is one, which must say what the record makes of its
  /// owner.
  [[nodiscard]] JudgedAnswer made_alias(std::size_t dname,
                                        std::optional<std::size_t> cname);
  /// Whether the authority section has anything that could deny.
  [[nodiscard]] bool has_denials() const;
  /// That there are no records of a type at a name, or no such name.
  [[nodiscard]] JudgedAnswer nothing_at(const DeniedQuestion& question);
  /// The aliases end in a zone that has no keys to sign what stands beside the answer.
  void ends_without_keys() { signed_ = false; }
  /// What is to be said of sets that nothing above has vouched for, in an answer that is
  /// trusted so far. Where a part of it is in a zone without keys nobody could vouch.
  [[nodiscard]] JudgedAnswer left_over() const;

 private:
  /// What is to be said of what has no signature by a zone that could make one.
  [[nodiscard]] JudgedAnswer without_signature(const WireName& name,
                                               const std::string& question);
  /// The zone of that name, if it is one; else `state` says why not.
  [[nodiscard]] const ZoneKeys* zone_at(const WireName& signer, JudgedAnswer& state);
  [[nodiscard]] DenialProof denied(const DeniedQuestion& question,
                                   const ZoneDenials& denials) const;
  [[nodiscard]] std::optional<WireName> denying_zone(const WireName& name) const;
  [[nodiscard]] bool gather(ZoneDenials& denials, JudgedAnswer& state);

  const BookEntry* entry_;
  JudgingTools tools_;
  std::set<std::size_t> vouched_;  ///< of the answer section
  std::set<std::size_t> beside_;   ///< of the authority section
  bool signed_ = true;             ///< whether each part was looked at with a zone's keys
};

/// The less trusted of two states, with the signatures of both.
[[nodiscard]] JudgedAnswer worse(JudgedAnswer a, const JudgedAnswer& b);

}  // namespace evidence

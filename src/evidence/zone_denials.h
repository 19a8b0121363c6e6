#pragma once

#include "src/evidence/answer_book.h"
#include "src/evidence/nsec.h"
#include "src/evidence/nsec3.h"
#include "src/evidence/signature_checks.h"

namespace evidence {

/// The part of a section that has to be right. A resolver looks at all sets of an answer
/// that it gives to somebody, and at the denials alone of one that leads it to a zone.
enum class SectionPart { whole, denials };

/// What one zone denies in the authority section of an answer.
class ZoneDenials {
 public:
  ZoneDenials(const ZoneKeys& zone, NameHashes& hashes)
      : zone_(&zone), hashes_(&hashes), nsec3_(zone.apex, hashes) {}

  /// Takes the zone's denials out of a section, their signatures checked. False if a set
  /// of the section that the zone claims to have signed is not right: `reason` says why.
  [[nodiscard]] bool gather(const AnswerBook& book,
                            const std::vector<std::size_t>& section,
                            SignatureChecks& checks, SectionPart part);
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// The sets that were right, and which signatures the denials among them rest on.
  [[nodiscard]] const std::vector<std::size_t>& sets() const { return sets_; }
  [[nodiscard]] const std::vector<std::size_t>& signatures() const { return signatures_; }

  /// Whether there are NSEC3 records among them.
  [[nodiscard]] bool has_hashes() const { return !nsec3_.is_empty(); }

  [[nodiscard]] DenialProof no_data(const DeniedQuestion& question) const;
  [[nodiscard]] DenialProof no_name(const DeniedQuestion& question) const;
  [[nodiscard]] DenialProof no_closer(const WireName& name,
                                      const WireName& encloser) const;
  [[nodiscard]] DelegationProof delegation_at(const WireName& name) const;

 private:
  void add(const SignedSet& set, std::size_t signature);
  /// What `of` says of the NSEC records or, where they prove nothing, the NSEC3 records.
  template <typename Of>
  [[nodiscard]] DenialProof by_either(const Of& of) const;

  const ZoneKeys* zone_;
  NameHashes* hashes_;
  NsecProofs nsec_;
  Nsec3Proofs nsec3_;
  std::string reason_;
  std::vector<std::size_t> sets_;
  std::vector<std::size_t> signatures_;
};

/// The name from which the zone of records is looked for: DS records are the parent's
/// (RFC 4035 3.1.4.1).
[[nodiscard]] WireName home_of(const WireName& name, std::uint16_t type);

/// Puts into `deepest` the zone that signed this set, if that is a denial and the zone
/// lies at or above the name and below the one that was found so far.
void find_deeper_denier(const SignedSet& set, const WireName& name,
                        std::optional<WireName>& deepest);

/// Whether one of a set's signatures names a zone as its signer.
[[nodiscard]] bool is_claimed_by(const SignedSet& set, const WireName& apex);

}  // namespace evidence

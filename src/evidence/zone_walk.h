#pragma once

#include <deque>

#include "resolver/anchor_text.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/name_hashes.h"
#include "src/evidence/signature_checks.h"

namespace evidence {

/// What is known of the zone that a name lies in.
struct ZonePlace {
  /// `secure`: `zone` is the zone, and its keys are trusted.
  JudgedAnswer state;
  const ZoneKeys* zone = nullptr;
};

/// The way from the root's keys down to the zone of a name (RFC 4035 5), label by label,
/// over the answers about DS and DNSKEY records that a bundle has.
class ZoneWalk {
 public:
  ZoneWalk(const AnswerBook& book, const ValidationBasis& basis, SignatureChecks& checks,
           NameHashes& hashes);

  /// Each name is walked to once; what is returned stays where it is.
  [[nodiscard]] const ZonePlace& at(const WireName& name);
  /// All names that were walked to, in canonical order.
  [[nodiscard]] std::vector<JudgedPlace> places() const;
  /// Whether a DS record was left out because Ed448 is not known.
  [[nodiscard]] bool lacked_ed448() const { return lacked_ed448_; }

 private:
  /// A DS record or a key of the root that a walk may go on by.
  struct Trust {
    std::vector<DsRecord> ds;
    std::vector<base::ByteView> keys;  ///< RDATA
  };
  struct Found {
    const BookEntry* entry = nullptr;  ///< nothing: the walk ends at `end`
    ZonePlace end;
  };

  [[nodiscard]] ZonePlace root();
  [[nodiscard]] Trust trusted_now() const;
  [[nodiscard]] std::vector<DsRecord> usable(const SignedSet& set);
  [[nodiscard]] ZonePlace below(const WireName& name, const ZonePlace& parent);
  [[nodiscard]] ZonePlace delegated(const WireName& name, const SignedSet& ds,
                                    const ZonePlace& parent);
  [[nodiscard]] ZonePlace undelegated(const WireName& name, const BookEntry& entry,
                                      const ZonePlace& parent);
  [[nodiscard]] ZonePlace aliased(const SignedSet& alias, const BookEntry& entry,
                                  const ZonePlace& parent);
  [[nodiscard]] ZonePlace signed_by(const WireName& name, const Trust& trust,
                                    ZonePlace before);
  [[nodiscard]] Found ask(const WireName& name, std::uint16_t type) const;

  const AnswerBook* book_;
  const ValidationBasis* basis_;
  SignatureChecks* checks_;
  NameHashes* hashes_;
  std::vector<std::pair<const RootAnchor*, resolver::Anchor>> anchors_;
  std::map<WireName, ZonePlace> known_;
  std::deque<ZoneKeys> zones_;
  bool lacked_ed448_ = false;
};

}  // namespace evidence

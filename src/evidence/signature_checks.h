#pragma once

#include <map>
#include <string_view>
#include <utility>

#include "src/evidence/second_validator.h"
#include "src/evidence/signed_set.h"
#include "src/evidence/zone_key.h"

namespace evidence {

/// The keys of a zone, once they are trusted.
struct ZoneKeys {
  WireName apex;
  std::vector<ZoneKey> keys;
};

/// What came of the signatures over a set.
struct CheckedSet {
  bool good = false;
  std::string_view reason;  ///< why it is not
  std::size_t used = 0;     ///< which of `SignatureChecks::used` is the right one
};

/// Whether sets are signed by zones, as RFC 4035 5.3 has it, within bounds of work.
class SignatureChecks {
 public:
  explicit SignatureChecks(const ValidationBasis& basis)
      : basis_(&basis), left_(basis.bounds.checks) {}

  /// How many signatures were tried with a key.
  [[nodiscard]] std::size_t spent() const { return basis_->bounds.checks - left_; }
  void start_question() { left_of_question_ = basis_->bounds.checks_a_question; }

  /// Whether one of the zone's keys made one of the set's signatures, which counts now.
  /// What came of it is remembered by the addresses of both.
  [[nodiscard]] CheckedSet check(const SignedSet& set, const ZoneKeys& zone);
  /// The check without the memory, for keys that have no address to last.
  [[nodiscard]] CheckedSet check_anew(const SignedSet& set, const ZoneKeys& zone);
  /// Whether a key was left out because Ed448 is not known.
  [[nodiscard]] bool lacked_ed448() const { return lacked_ed448_; }
  /// The signatures that were right, in the order in which they were found so.
  [[nodiscard]] std::vector<UsedSignature>& used() { return used_; }

 private:
  [[nodiscard]] CheckedSet try_signature(const SignedSet& set, const Rrsig& signature,
                                         const ZoneKeys& zone);
  [[nodiscard]] CheckedSet try_keys(const SignedSet& set, const Rrsig& signature,
                                    const ZoneKeys& zone);
  [[nodiscard]] std::string_view why_not_now(const Rrsig& signature) const;
  [[nodiscard]] bool spend();
  [[nodiscard]] std::size_t note(const SignedSet& set, const Rrsig& signature,
                                 const ZoneKey& key);

  const ValidationBasis* basis_;
  std::size_t left_;
  std::size_t left_of_question_ = 0;
  bool lacked_ed448_ = false;
  std::vector<UsedSignature> used_;
  std::map<std::pair<const SignedSet*, const ZoneKeys*>, CheckedSet> known_;
};

/// The moment next to `near` that a serial number of a signature stands for.
[[nodiscard]] std::chrono::sys_seconds moment_of(std::uint32_t number,
                                                 std::chrono::sys_seconds near);

/// Whether a set was made from a wildcard: its signature counts fewer labels than its
/// owner has (RFC 4035 5.3.2). Only of a signature that is right.
[[nodiscard]] bool is_expanded(const SignedSet& set);
/// The name below which that wildcard is.
[[nodiscard]] WireName encloser_of_wildcard(const SignedSet& set);
/// Whether all signatures count the same labels: else it is of two origins.
[[nodiscard]] bool has_one_origin(const SignedSet& set);

}  // namespace evidence

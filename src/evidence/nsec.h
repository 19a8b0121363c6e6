#pragma once

#include <span>

#include "src/evidence/denial.h"
#include "src/evidence/signed_set.h"

namespace evidence {

/// An NSEC record (RFC 4034 4): its owner exists, nothing does from there to `next`.
struct NsecRecord {
  WireName owner;
  WireName next;
  TypeBitmap types;
};

/// The record of an NSEC set; nothing if there is not one well-formed one.
[[nodiscard]] std::optional<NsecRecord> read_nsec(const SignedSet& set);

/// Proofs of RFC 4035 5.4 by records of one zone.
class NsecProofs {
 public:
  void add(NsecRecord record) { records_.push_back(std::move(record)); }
  [[nodiscard]] bool is_empty() const { return records_.empty(); }

  /// That the name has nothing of the type.
  [[nodiscard]] DenialProof no_data(const DeniedQuestion& question) const;
  /// That there is no such name, and no wildcard in its place.
  [[nodiscard]] DenialProof no_name(const DeniedQuestion& question) const;
  /// That an answer from the wildcard below `encloser` is the right one: nothing closer
  /// to the name is there (RFC 4035 5.3.4).
  [[nodiscard]] DenialProof no_closer(const WireName& name,
                                      const WireName& encloser) const;
  /// What is at a name that has no DS records.
  [[nodiscard]] DelegationProof delegation_at(const WireName& name) const;

 private:
  [[nodiscard]] const NsecRecord* at(const WireName& owner) const;
  /// The record that says of the name that it does not exist.
  [[nodiscard]] const NsecRecord* over(const WireName& name) const;
  [[nodiscard]] bool has_empty_node(const WireName& name) const;
  [[nodiscard]] bool is_below_insecure_cut(const DeniedQuestion& question) const;

  std::vector<NsecRecord> records_;
};

}  // namespace evidence

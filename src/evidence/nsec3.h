#pragma once

#include "src/evidence/denial.h"
#include "src/evidence/name_hashes.h"
#include "src/evidence/signed_set.h"

namespace evidence {

/// An NSEC3 record (RFC 5155 3): no name of the zone has a hash between its owner's and
/// `next`.
struct Nsec3Record {
  Sha1 owner{};
  base::ByteView next;  ///< 20 octets
  bool opt_out = false;
  HashParameters parameters;
  TypeBitmap types;
};

/// Whether its hash costs more than libunbound computes: what it denies is insecure then
/// (RFC 9276 3.2).
[[nodiscard]] bool is_costly(const Nsec3Record& record);

/// The record of an NSEC3 set of a zone; nothing if there is not one well-formed one, its
/// owner is no hash right below the apex, or it has a hash or flags that nobody knows
/// (RFC 5155 8.1, 8.2).
[[nodiscard]] std::optional<Nsec3Record> read_nsec3(const SignedSet& set,
                                                    const WireName& apex);

/// Proofs of RFC 5155 8.3 to 8.8 by records of one zone. Where the hashes that may be
/// computed run out nothing is proved any more (`NameHashes::exhausted`).
class Nsec3Proofs {
 public:
  Nsec3Proofs(WireName apex, NameHashes& hashes)
      : apex_(std::move(apex)), hashes_(&hashes) {}

  void add(Nsec3Record record) { records_.push_back(record); }
  [[nodiscard]] bool is_empty() const { return records_.empty(); }

  [[nodiscard]] DenialProof no_data(const DeniedQuestion& question) const;
  [[nodiscard]] DenialProof no_name(const DeniedQuestion& question) const;
  [[nodiscard]] DenialProof no_closer(const WireName& name,
                                      const WireName& encloser) const;
  [[nodiscard]] DelegationProof delegation_at(const WireName& name) const;

 private:
  /// The deepest name above another that exists, and who denies the next label.
  struct Encloser {
    WireName name;
    const Nsec3Record* next_closer = nullptr;
  };

  [[nodiscard]] bool is_too_costly() const;
  [[nodiscard]] const Nsec3Record* at(const WireName& name) const;
  [[nodiscard]] const Nsec3Record* over(const WireName& name) const;
  [[nodiscard]] std::optional<Encloser> encloser_of(const WireName& name) const;

  WireName apex_;
  NameHashes* hashes_;
  std::vector<Nsec3Record> records_;
};

}  // namespace evidence

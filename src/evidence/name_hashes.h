#pragma once

#include <map>
#include <tuple>

#include "src/evidence/crypto.h"

namespace evidence {

/// How a zone hashes names for NSEC3 (RFC 5155 5).
struct HashParameters {
  std::uint16_t iterations = 0;
  base::ByteView salt;
};

/// The hashes of names, each computed once, as many as may be computed for one question
/// and for a whole bundle: an attacker chooses names of many labels, and for each label a
/// hash (CVE-2023-50868).
class NameHashes {
 public:
  NameHashes(std::size_t a_question, std::size_t in_all)
      : a_question_(a_question), in_all_(in_all), left_(in_all) {}

  void start_question() {
    left_of_question_ = a_question_;
    exhausted_ = false;
  }
  /// Nothing where no more may be computed.
  [[nodiscard]] std::optional<Sha1> of(const WireName& name,
                                       const HashParameters& parameters);
  /// How many were computed.
  [[nodiscard]] std::size_t spent() const { return in_all_ - left_; }
  /// Whether a hash of the question was refused.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  using Key = std::tuple<WireName, std::uint16_t, std::string>;

  std::map<Key, Sha1> known_;
  std::size_t a_question_;
  std::size_t in_all_;
  std::size_t left_;
  std::size_t left_of_question_ = 0;
  bool exhausted_ = false;
};

}  // namespace evidence

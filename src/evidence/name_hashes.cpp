#include "src/evidence/name_hashes.h"

namespace evidence {

std::optional<Sha1> NameHashes::of(const WireName& name,
                                   const HashParameters& parameters) {
  Key key(name, parameters.iterations, base::as_text(parameters.salt));
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  if (left_ == 0 || left_of_question_ == 0) {
    exhausted_ = true;
    return std::nullopt;
  }
  --left_;
  --left_of_question_;
  const auto hash = [&](base::ByteView value) {
    base::Bytes octets(value.begin(), value.end());
    octets.insert(octets.end(), parameters.salt.begin(), parameters.salt.end());
    return sha1(octets);
  };
  Sha1 out = hash(name.octets());
  for (unsigned i = 0; i < parameters.iterations; ++i) out = hash(out);
  known_.emplace(std::move(key), out);
  return out;
}

}  // namespace evidence

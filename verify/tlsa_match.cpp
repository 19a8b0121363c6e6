#include "verify/tlsa_match.h"

#include "verify/hash.h"
#include "verify/prints.h"

namespace verify {

std::optional<base::Bytes> association_data(dns::Matching matching,
                                            base::ByteView octets) {
  if (matching == dns::kFull) return base::Bytes(octets.begin(), octets.end());
  return digest(matching, octets);
}

bool matches_data(const dns::Tlsa& record, base::ByteView der) {
  const auto data = association_data(record.matching, der);
  return data && base::equal(record.data, *data);
}

bool matches(const dns::Tlsa& record, const Certificate& certificate) {
  return Print(certificate).matches(record);
}

std::optional<std::string> digest_of_nothing(const dns::Tlsa& record) {
  for (const auto& type : dns::kMatchingTypes) {
    const auto nothing = digest(type.matching, {});
    if (!nothing || !base::equal(record.data, *nothing)) continue;
    return "the " + std::string(type.word) + " of nothing: it was made of an empty file";
  }
  return std::nullopt;
}

bool matches_raw_key(const dns::Tlsa& record, base::ByteView spki) {
  return record.usage == dns::kDaneEe && record.selector == dns::kSpki &&
         matches_data(record, spki);
}

}  // namespace verify

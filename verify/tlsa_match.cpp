#include "verify/tlsa_match.h"

#include "verify/hash.h"

namespace verify {

bool matches_data(const dns::Tlsa& record, base::ByteView der) {
  switch (record.matching) {
    case dns::kFull:
      return base::equal(record.data, der);
    case dns::kSha256:
      return base::equal(record.data, sha256(der));
    case dns::kSha512:
      return base::equal(record.data, sha512(der));
    default:
      return false;
  }
}

bool matches(const dns::Tlsa& record, const Certificate& certificate) {
  switch (record.selector) {
    case dns::kCert:
      return matches_data(record, certificate.whole);
    case dns::kSpki:
      return matches_data(record, certificate.spki);
    default:
      return false;
  }
}

bool matches_raw_key(const dns::Tlsa& record, base::ByteView spki) {
  return record.usage == dns::kDaneEe && record.selector == dns::kSpki &&
         matches_data(record, spki);
}

}  // namespace verify

#include "verify/tlsa_match.h"

#include "verify/hash.h"

namespace verify {
namespace {

/// The octets that a record speaks of: nothing for an unknown selector.
std::optional<base::ByteView> selected(const dns::Tlsa& record,
                                       const Certificate& certificate) {
  switch (record.selector) {
    case dns::kCert:
      return certificate.whole;
    case dns::kSpki:
      return certificate.spki;
    default:
      return std::nullopt;
  }
}

template <std::size_t Size>
base::Bytes bytes(const std::array<std::byte, Size>& digest) {
  return {digest.begin(), digest.end()};
}

}  // namespace

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
  const auto octets = selected(record, certificate);
  return octets && matches_data(record, *octets);
}

std::optional<std::string_view> digest_of_nothing(const dns::Tlsa& record) {
  if (base::equal(record.data, sha256({}))) {
    return "the SHA2-256 of nothing: it was made of an empty file";
  }
  if (base::equal(record.data, sha512({}))) {
    return "the SHA2-512 of nothing: it was made of an empty file";
  }
  return std::nullopt;
}

bool matches_raw_key(const dns::Tlsa& record, base::ByteView spki) {
  return record.usage == dns::kDaneEe && record.selector == dns::kSpki &&
         matches_data(record, spki);
}

bool TlsaMatcher::matches(const dns::Tlsa& record, const Certificate& certificate) {
  const bool digest = record.matching == dns::kSha256 || record.matching == dns::kSha512;
  const auto octets = selected(record, certificate);
  if (!octets || !digest) return octets && matches_data(record, *octets);
  auto& known = digests_[{octets->data(), record.matching}];
  if (known.empty()) {
    known =
        record.matching == dns::kSha256 ? bytes(sha256(*octets)) : bytes(sha512(*octets));
  }
  return base::equal(record.data, known);
}

}  // namespace verify

#include "src/audit/prints.h"

#include "verify/certificate.h"
#include "verify/hash.h"

namespace audit {
namespace {

constexpr std::size_t kMostCertificates = 32;  // as many as a delivery looks at

template <typename Digest>
base::Bytes bytes_of(const Digest& digest) {
  return base::Bytes(digest.begin(), digest.end());
}

}  // namespace

Prints::Prints(const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    add(true, dns::kSpki, raw->spki);
    return;
  }
  const auto& certificates = std::get<verify::Certificates>(chain);
  for (std::size_t i = 0; i < certificates.size() && i < kMostCertificates; ++i) {
    const auto certificate = verify::parse_certificate(certificates[i]);
    if (!certificate) continue;
    const bool leaf = i == 0;
    add(leaf, dns::kCert, certificate->whole);
    add(leaf, dns::kSpki, certificate->spki);
  }
}

void Prints::add(bool leaf, std::uint8_t selector, base::ByteView der) {
  auto& prints = leaf ? leaf_ : sent_;
  prints.emplace(selector, dns::kSha256, bytes_of(verify::sha256(der)));
  prints.emplace(selector, dns::kSha512, bytes_of(verify::sha512(der)));
}

bool Prints::have(const dns::Tlsa& record) const {
  const auto& prints = record.usage == dns::kDaneEe ? leaf_ : sent_;
  if (record.matching != dns::kFull) {
    return prints.contains({record.selector, record.matching, record.data});
  }
  return prints.contains(
      {record.selector, dns::kSha256, bytes_of(verify::sha256(record.data))});
}

}  // namespace audit

// The keys of the root since 2010, with the dates between which IANA lets them count (RFC
// 9718, https://data.iana.org/root-anchors/root-anchors.xml). A file of trust anchors has
// no dates, and a key that was retired may be in anybody's hands: who keeps all of them
// in one file, to replay old bundles, would let an old key vouch for today.
#include "src/evidence/root_keys.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/base/bytes.h"
#include "src/evidence/crypto.h"
#include "verify/certificate.h"

namespace evidence {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): years

constexpr std::uint8_t kSha256 = 2;

struct RootKey {
  std::string_view digest;  ///< of its DS record, by SHA-256
  sys_seconds from;
  std::optional<sys_seconds> until;
};

constexpr std::array<RootKey, 3> kKeys = {{
    {"49aac11d7b6f6446702e54a1607371607a1a41855200fd2ce1cdde32f24e8fb5",
     sys_days(2010y / 7 / 15), sys_days(2019y / 1 / 11)},
    {"e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d",
     sys_days(2017y / 2 / 2), std::nullopt},
    {"683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16",
     sys_days(2024y / 7 / 18), std::nullopt},
}};

/// The digest by which DS records of the root name a key.
std::string digest_of(const ZoneKey& key) {
  base::Bytes octets(1 + key.rdata.size());  // the owner is the root, an octet 0
  std::ranges::copy(key.rdata, octets.begin() + 1);
  const auto digest = ds_digest(kSha256, octets);
  return digest ? base::to_hex(*digest) : std::string();
}

}  // namespace

std::optional<std::string> why_root_key_is_out(const ZoneKey& key, sys_seconds moment) {
  const std::string digest = digest_of(key);
  for (const RootKey& one : kKeys) {
    if (one.digest != digest) continue;
    const std::string name = "the root's key " + std::to_string(key.tag);
    if (moment < one.from) return name + " counts from " + verify::to_text(one.from);
    if (one.until && moment >= *one.until) {
      return name + " was retired " + verify::to_text(*one.until);
    }
  }
  return std::nullopt;
}

}  // namespace evidence

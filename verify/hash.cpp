#include "verify/hash.h"

#include <gnutls/crypto.h>

#include <algorithm>
#include <cstdlib>

namespace verify {
namespace {

/// The hash function behind a matching type.
struct Hash {
  dns::Matching matching;
  gnutls_digest_algorithm_t algorithm;
};

constexpr std::array<Hash, 2> kHashes{{
    {dns::kSha256, GNUTLS_DIG_SHA256},
    {dns::kSha512, GNUTLS_DIG_SHA512},
}};

constexpr const Hash* find_hash(dns::Matching matching) {
  const auto* hash = std::ranges::find(kHashes, matching, &Hash::matching);
  return hash == kHashes.end() ? nullptr : hash;
}

// A matching type with a length and without a hash would never match, or worse.
static_assert(std::ranges::all_of(dns::kMatchingTypes,
                                  [](const dns::MatchingMeaning& row) {
                                    return (row.octets > 0) ==
                                           (find_hash(row.matching) != nullptr);
                                  }),
              "each digest of dns::kMatchingTypes needs its hash function here");

/// A GnuTLS without SHA-2 cannot exist; were it so, no digest may compare equal.
void hash_into(gnutls_digest_algorithm_t algorithm, base::ByteView data, std::byte* out) {
  if (gnutls_hash_fast(algorithm, data.data(), data.size(), out) != 0) std::abort();
}

}  // namespace

std::array<std::byte, 32> sha256(base::ByteView data) {
  std::array<std::byte, 32> out{};
  hash_into(GNUTLS_DIG_SHA256, data, out.data());
  return out;
}

std::array<std::byte, 64> sha512(base::ByteView data) {
  std::array<std::byte, 64> out{};
  hash_into(GNUTLS_DIG_SHA512, data, out.data());
  return out;
}

std::optional<base::Bytes> digest(dns::Matching matching, base::ByteView data) {
  const auto* hash = find_hash(matching);
  if (hash == nullptr) return std::nullopt;
  base::Bytes out(gnutls_hash_get_len(hash->algorithm));
  hash_into(hash->algorithm, data, out.data());
  return out;
}

}  // namespace verify

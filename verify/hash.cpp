#include "verify/hash.h"

#include <gnutls/crypto.h>

#include <cstdlib>

namespace verify {
namespace {

// A GnuTLS without SHA-2 cannot exist; were it so, no digest may compare equal.
void digest(gnutls_digest_algorithm_t algorithm, base::ByteView data, std::byte* out) {
  if (gnutls_hash_fast(algorithm, data.data(), data.size(), out) != 0) std::abort();
}

}  // namespace

std::array<std::byte, 32> sha256(base::ByteView data) {
  std::array<std::byte, 32> out{};
  digest(GNUTLS_DIG_SHA256, data, out.data());
  return out;
}

std::array<std::byte, 64> sha512(base::ByteView data) {
  std::array<std::byte, 64> out{};
  digest(GNUTLS_DIG_SHA512, data, out.data());
  return out;
}

}  // namespace verify

// Remembers which ECDSA signatures of DNSSEC are right.
//
// Whoever replays thousands of bundles, each in a libunbound of its own, has the same
// signatures of the root and of TLDs checked thousands of times, and libunbound itself
// checks one again for each question that leads to it. Whether a signature is right
// follows from key, digest and signature alone, so that nothing that was remembered can
// make another answer out of anything. Only what was right is kept. RSA is left out: to
// check it costs no more than to remember it.
//
// It comes between libunbound and nettle as dnssec_bounds.cpp does.
#include "cmake/dnssec_memory.h"

#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <nettle/sha2.h>

#include <array>
#include <cstdint>
#include <optional>

#include "src/base/remembered.h"

#ifndef DANE_WRAPPED
#include <dlfcn.h>
#endif

namespace {

constexpr std::size_t kMost = 4096;
thread_local std::optional<base::Remembered> remembered;

using Verify = int(const ecc_point*, std::size_t, const std::uint8_t*,
                   const dsa_signature*);

void add(sha256_ctx& hash, const void* octets, std::size_t size) {
  sha256_update(&hash, size, static_cast<const std::uint8_t*>(octets));
}

/// A number with its length, so that no two rows of numbers look alike. False for one
/// that no key or signature of a curve has.
bool add(sha256_ctx& hash, const mpz_t number) {
  constexpr std::size_t kMostOctets = 66;
  std::array<std::uint8_t, 1 + kMostOctets> octets{};
  const std::size_t size = mpz_sgn(number) < 0 ? 0 : (mpz_sizeinbase(number, 2) + 7) / 8;
  if (size == 0 || size > kMostOctets) return false;
  octets[0] = static_cast<std::uint8_t>(size);
  nettle_mpz_get_str_256(size, octets.data() + 1, number);
  add(hash, octets.data(), size + 1);
  return true;
}

/// All that a check stands on: the curve, which is one place of this process, the key,
/// the digest, the signature.
std::optional<base::Remembered::Hash> hash_of(const ecc_point* key, std::size_t length,
                                              const std::uint8_t* digest,
                                              const dsa_signature* signature) {
  sha256_ctx hash;
  sha256_init(&hash);
  const auto curve = reinterpret_cast<std::uintptr_t>(key->ecc);
  add(hash, &curve, sizeof curve);
  add(hash, &length, sizeof length);
  add(hash, digest, length);
  mpz_t x, y;
  mpz_init(x);
  mpz_init(y);
  ecc_point_get(key, x, y);
  const bool good =
      add(hash, x) && add(hash, y) && add(hash, signature->r) && add(hash, signature->s);
  mpz_clear(x);
  mpz_clear(y);
  if (!good) return std::nullopt;
  base::Remembered::Hash out;
  sha256_digest(&hash, out.size(), reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

int verify(Verify* real, const ecc_point* key, std::size_t length,
           const std::uint8_t* digest, const dsa_signature* signature) {
  if (!remembered) return real(key, length, digest, signature);
  const auto hash = hash_of(key, length, digest, signature);
  if (hash && remembered->has(*hash)) return 1;
  const int good = real(key, length, digest, signature);
  if (good == 1 && hash) remembered->add(*hash);
  return good;
}

}  // namespace

namespace dnssec {

void remember_signatures() {
  if (!remembered) remembered.emplace(kMost);
}

}  // namespace dnssec

extern "C" {

#ifdef DANE_WRAPPED
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
Verify __real_nettle_ecdsa_verify;
int __wrap_nettle_ecdsa_verify(const ecc_point* key, std::size_t length,
                               const std::uint8_t* digest,
                               const dsa_signature* signature) {
  return verify(__real_nettle_ecdsa_verify, key, length, digest, signature);
}
// NOLINTEND(bugprone-reserved-identifier)
#else
// nettle's headers have a macro of this name.
#undef nettle_ecdsa_verify
__attribute__((visibility("default"))) int nettle_ecdsa_verify(
    const ecc_point* key, std::size_t length, const std::uint8_t* digest,
    const dsa_signature* signature) {
  static auto* const real =
      reinterpret_cast<Verify*>(dlsym(RTLD_NEXT, "nettle_ecdsa_verify"));
  return real != nullptr ? verify(real, key, length, digest, signature) : 0;
}
#endif

}  // extern "C"

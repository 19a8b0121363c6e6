// Bounds what libunbound computes with the RSA keys of DNSSEC.
//
// libunbound on nettle checks signatures with a zone's key as it comes, and nettle takes
// a modulus and an exponent of any length: a DNSKEY of 6,000 octets is some seconds
// inside one call, times its signatures, times the names that a message leads to. Whoever
// can make us look a name up sends that, without any connection. RFC 3110 2 limits moduli
// to 4,096 bits; OpenSSL, on which the daemon stands, refuses exponents of more than 64
// bits with any modulus above 3,072. Here the longest modulus is OpenSSL's and no
// exponent has more than 64 bits, which no signer makes: a signature by any other key is
// simply wrong, so that the answer is bogus, as from a daemon.
//
// libunbound has no door for that, hence the linker: calls out of a static libunbound are
// sent here by --wrap, those out of a shared one because a program's own symbols come
// first.
#include <nettle/bignum.h>
#include <nettle/rsa.h>

#include <cstdint>

#ifndef DANE_WRAPPED
#include <dlfcn.h>
#endif

extern "C" {

// Asked for by name, so that the linker takes this file out of its archive.
extern const int dane_dnssec_bounds;
const int dane_dnssec_bounds = 1;

namespace {

constexpr std::size_t kMostModulusBits = 16384;
constexpr std::size_t kMostExponentBits = 64;

bool is_cheap(const rsa_public_key* key) {
  return mpz_sizeinbase(key->n, 2) <= kMostModulusBits &&
         mpz_sizeinbase(key->e, 2) <= kMostExponentBits;
}

using Verify = int(const rsa_public_key*, const std::uint8_t*, const mpz_t);

#ifndef DANE_WRAPPED
Verify* next(const char* name) {
  return reinterpret_cast<Verify*>(dlsym(RTLD_NEXT, name));
}
#endif

}  // namespace

#ifdef DANE_WRAPPED
#define DANE_BOUNDED(name)                                                 \
  Verify __real_##name;                                                    \
  int __wrap_##name(const rsa_public_key* key, const std::uint8_t* digest, \
                    const mpz_t signature) {                               \
    return is_cheap(key) ? __real_##name(key, digest, signature) : 0;      \
  }
#else
#define DANE_BOUNDED(name)                                                            \
  __attribute__((visibility("default"))) int name(                                    \
      const rsa_public_key* key, const std::uint8_t* digest, const mpz_t signature) { \
    static Verify* const real = next(#name);                                          \
    return is_cheap(key) && real != nullptr ? real(key, digest, signature) : 0;       \
  }
#endif

DANE_BOUNDED(nettle_rsa_sha1_verify_digest)
DANE_BOUNDED(nettle_rsa_sha256_verify_digest)
DANE_BOUNDED(nettle_rsa_sha512_verify_digest)

}  // extern "C"

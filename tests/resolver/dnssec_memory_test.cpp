#include "cmake/dnssec_memory.h"

#include <gtest/gtest.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/knuth-lfib.h>

#include <array>
#include <thread>

namespace {

constexpr std::size_t kDigest = 32;
using Digest = std::array<std::uint8_t, kDigest>;

/// A key and what it has signed, as libunbound hands them to nettle.
class Signed {
 public:
  explicit Signed(std::uint32_t seed) {
    const ecc_curve* curve = nettle_get_secp_256r1();
    ecc_point_init(&key, curve);
    dsa_signature_init(&signature);
    knuth_lfib_ctx random;
    knuth_lfib_init(&random, seed);
    const auto octets = reinterpret_cast<nettle_random_func*>(knuth_lfib_random);
    ecc_scalar secret;
    ecc_scalar_init(&secret, curve);
    ecdsa_generate_keypair(&key, &secret, &random, octets);
    digest.fill(static_cast<std::uint8_t>(seed));
    ecdsa_sign(&secret, &random, octets, digest.size(), digest.data(), &signature);
    ecc_scalar_clear(&secret);
  }
  ~Signed() {
    ecc_point_clear(&key);
    dsa_signature_clear(&signature);
  }
  Signed(const Signed&) = delete;
  Signed& operator=(const Signed&) = delete;

  ecc_point key{};
  dsa_signature signature{};
  Digest digest{};
};

bool is_right(const Signed& key, const Digest& digest, const Signed& signature) {
  return ecdsa_verify(&key.key, digest.size(), digest.data(), &signature.signature) == 1;
}

class DnssecMemory : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { dnssec::remember_signatures(); }
};

TEST_F(DnssecMemory, WhatWasRightStaysRight) {
  const Signed one(1);
  EXPECT_TRUE(is_right(one, one.digest, one));
  EXPECT_TRUE(is_right(one, one.digest, one));
}

TEST_F(DnssecMemory, NothingElseBecomesRight) {
  const Signed one(1), two(2);
  ASSERT_TRUE(is_right(one, one.digest, one));
  ASSERT_TRUE(is_right(two, two.digest, two));
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(is_right(one, two.digest, one));
    EXPECT_FALSE(is_right(one, one.digest, two));
    EXPECT_FALSE(is_right(two, one.digest, one));
    Digest other = one.digest;
    other.back() ^= 1;
    EXPECT_FALSE(is_right(one, other, one));
  }
  EXPECT_TRUE(is_right(one, one.digest, one));
}

TEST_F(DnssecMemory, NumbersThatNoSignatureHasAreWrong) {
  Signed one(1);
  ASSERT_TRUE(is_right(one, one.digest, one));
  mpz_t r;
  mpz_init_set(r, one.signature.r);
  mpz_neg(one.signature.r, r);
  EXPECT_FALSE(is_right(one, one.digest, one));
  mpz_mul_2exp(one.signature.r, r, 4096);
  EXPECT_FALSE(is_right(one, one.digest, one));
  mpz_set_ui(one.signature.r, 0);
  EXPECT_FALSE(is_right(one, one.digest, one));
  mpz_set(one.signature.r, r);
  EXPECT_TRUE(is_right(one, one.digest, one));
  mpz_clear(r);
}

TEST_F(DnssecMemory, AnotherThreadComputes) {
  const Signed one(1);
  ASSERT_TRUE(is_right(one, one.digest, one));
  bool good = false;
  std::thread([&] { good = is_right(one, one.digest, one); }).join();
  EXPECT_TRUE(good);
}

}  // namespace

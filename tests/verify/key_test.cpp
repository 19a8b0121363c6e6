#include "verify/key.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

// A SubjectPublicKeyInfo under this algorithm whose bit string holds `numbers`.
base::Bytes key_of(base::ByteView algorithm, base::ByteView numbers) {
  const auto identifier =
      der::encode(der::kSequence, {der::encode(der::kOid, {algorithm}), oid::make(5, 0)});
  return der::encode(der::kSequence,
                     {identifier, der::encode(der::kBitString, {oid::make(0), numbers})});
}

base::Bytes rsa_numbers(std::size_t modulus_octets, std::size_t exponent_octets) {
  const base::Bytes modulus(modulus_octets, std::byte{0x7f});
  const base::Bytes exponent(exponent_octets, std::byte{0x7f});
  return der::encode(der::kSequence, {der::encode(der::kInteger, {modulus}),
                                      der::encode(der::kInteger, {exponent})});
}

TEST(Key, SizesOfRsaKeys_Rfc3279s2_3_1) {
  const auto spki = support::spki_of({"rsa", support::Key::Kind::rsa2048});
  const auto key = rsa_key(spki);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->modulus_bits, 2048U);
  EXPECT_EQ(key->exponent_bits, 24U);
  EXPECT_FALSE(rsa_key(support::spki_of({"ec"})).has_value());
  for (std::size_t size = 0; size < spki.size(); ++size) {
    EXPECT_FALSE(rsa_key(base::ByteView(spki).first(size)).has_value());
  }
  for (const std::size_t at : {0U, 4U, 6U, 8U, 17U, 19U, 23U, 24U, 28U, 32U}) {
    auto changed = spki;
    changed[at] ^= std::byte{0x07};
    (void)rsa_key(changed);
  }
  const auto oid =
      der::encode(der::kSequence, {der::encode(der::kOid, {oid::kRsa}), oid::make(5, 0)});
  const auto holding = [&](base::ByteView bits) {
    return der::encode(der::kSequence, {oid, der::encode(der::kBitString, {bits})});
  };
  EXPECT_FALSE(rsa_key(holding({})).has_value());
  EXPECT_FALSE(rsa_key(holding(oid::make(0))).has_value());
  const auto one =
      der::encode(der::kSequence, {der::encode(der::kInteger, {oid::make(0, 0x80)})});
  base::Bytes bits = {std::byte{0}};
  bits.insert(bits.end(), one.begin(), one.end());
  EXPECT_FALSE(rsa_key(holding(bits)).has_value());
  const auto empty = der::encode(
      der::kSequence, {der::encode(der::kInteger, {}), der::encode(der::kInteger, {})});
  bits = {std::byte{0}};
  bits.insert(bits.end(), empty.begin(), empty.end());
  EXPECT_EQ(rsa_key(holding(bits))->modulus_bits, 0U);
}

// Every name under which GnuTLS takes a key for RSA.
const std::array<base::ByteView, 6> kRsaNames = {oid::kRsa,     oid::kRsaPss,
                                                 oid::kX500Rsa, oid::kMd5Rsa,
                                                 oid::kSha1Rsa, oid::kIsoSha1Rsa};

TEST(Key, SlowRsaKeysAreNotUsedUnderAnyName) {
  const std::pair<std::size_t, std::size_t> slow[] = {
      {2049, 3}, {1024, 9}, {512, 512}, {385, 9}, {2000, 2000}};
  const std::pair<std::size_t, std::size_t> fair[] = {
      {2048, 3}, {2048, 8}, {384, 384}, {256, 3}};
  for (const auto name : kRsaNames) {
    for (const auto& [modulus, exponent] : slow) {
      EXPECT_TRUE(costly_key(key_of(name, rsa_numbers(modulus, exponent)))) << modulus;
    }
    for (const auto& [modulus, exponent] : fair) {
      EXPECT_FALSE(costly_key(key_of(name, rsa_numbers(modulus, exponent)))) << modulus;
    }
  }
}

TEST(Key, AnyKeyLongerThan4096OctetsIsNotUsed) {
  const base::Bytes numbers(4100, std::byte{4});
  for (const auto name : {base::ByteView(oid::kEc), base::ByteView(oid::kEd25519),
                          base::ByteView(oid::kRsa), base::ByteView(oid::kGost2001)}) {
    EXPECT_TRUE(costly_key(key_of(name, numbers)));
  }
}

TEST(Key, DsaAndUnknownKindsAreNotUsed) {
  const auto integer = der::encode(der::kInteger, {base::Bytes(128, std::byte{5})});
  EXPECT_EQ(costly_key(key_of(oid::kDsa, integer)), "a DSA key is not used");
  EXPECT_TRUE(costly_key(key_of(oid::make(0x2a, 3, 4), integer)));
  EXPECT_TRUE(costly_key(base::Bytes()));
  EXPECT_TRUE(costly_key(base::Bytes(3, std::byte{0x30})));
}

TEST(Key, AnRsaKeyThatIsNotStrictDerIsNotUsed) {
  // A laxer reader finds 2,000 octets of exponent behind a length in a longer form.
  auto numbers = rsa_numbers(2000, 2000);
  const auto spki = key_of(oid::kRsa, numbers);
  ASSERT_TRUE(costly_key(spki));
  base::Bytes lax = {std::byte{0x30}, std::byte{0x83}, std::byte{0}};
  lax.insert(lax.end(), numbers.begin() + 2, numbers.end());
  EXPECT_TRUE(costly_key(key_of(oid::kRsa, lax)));
  auto fair = rsa_numbers(100, 3);  // 0x30 0x6b …: with its length in two octets
  base::Bytes long_form = {std::byte{0x30}, std::byte{0x81}};
  long_form.insert(long_form.end(), fair.begin() + 1, fair.end());
  EXPECT_TRUE(costly_key(key_of(oid::kRsa, long_form)));
}

TEST(Key, KeysOfHonestPeersAreUsed) {
  using Kind = support::Key::Kind;
  for (const auto kind : {Kind::p256, Kind::rsa2048, Kind::ed25519}) {
    EXPECT_FALSE(costly_key(support::spki_of({"honest", kind})));
  }
  for (const auto name :
       {base::ByteView(oid::kMlDsa44), base::ByteView(oid::kMlDsa87),
        base::ByteView(oid::kEd448), base::ByteView(oid::kGost2012Of256)}) {
    EXPECT_FALSE(costly_key(key_of(name, base::Bytes(2592, std::byte{1}))));
  }
}

}  // namespace
}  // namespace verify

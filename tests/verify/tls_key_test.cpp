// Keys as OpenSSL writes them, in every form that it knows.
#include "verify/tls_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "tests/support/certificates.h"
#include "verify/curve.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;

Key new_key(const char* curve) { return Key(EVP_EC_gen(curve)); }

base::Bytes spki_of(const Key& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  const auto* octets = reinterpret_cast<const std::byte*>(der);
  base::Bytes out(octets, octets + size);
  OPENSSL_free(der);
  return out;
}

/// The SubjectPublicKeyInfo of a key, its point written in one of OpenSSL's forms
/// (`compressed`, `hybrid`) and its curve by name or by parameters (`explicit`).
base::Bytes written(const Key& key, const char* point, const char* curve) {
  const Key copy(EVP_PKEY_dup(key.get()));
  EVP_PKEY_set_utf8_string_param(copy.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                 point);
  EVP_PKEY_set_utf8_string_param(copy.get(), OSSL_PKEY_PARAM_EC_ENCODING, curve);
  return spki_of(copy);
}

class TlsKeyForm : public testing::TestWithParam<const char*> {};

TEST_P(TlsKeyForm, EveryWayToWriteAPointOrACurveIsTheSameKey_Rfc5480s2_2) {
  for (int i = 0; i < 8; ++i) {  // points of both signs, coordinates with leading zeros
    const Key key = new_key(GetParam());
    const auto usual = spki_of(key);
    for (const char* point : {"uncompressed", "compressed", "hybrid"}) {
      for (const char* curve : {"named_curve", "explicit"}) {
        const auto spki = written(key, point, curve);
        EXPECT_EQ(tls_key(spki), usual) << point << ' ' << curve;
        EXPECT_EQ(is_tls_key(spki), spki == usual) << point << ' ' << curve;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Nist, TlsKeyForm, testing::Values("P-256", "P-384", "P-521"));

// CVE-2020-0601: whoever may choose the generator holds the key to any public key.
TEST(TlsKey, AnyOtherParameterIsAnotherCurve) {
  const auto spki = written(new_key("P-256"), "uncompressed", "explicit");
  ASSERT_TRUE(tls_key(spki).has_value());
  for (const char* digits : {
           "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",  // p
           "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",  // a
           "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",  // b
           "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",  // x
           "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",  // y
           "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",  // order
       }) {
    const auto number = base::from_hex(digits).value();
    for (const std::size_t at : {std::size_t{0}, number.size() / 2, number.size() - 1}) {
      auto changed = number;
      changed[at] ^= std::byte{1};
      EXPECT_EQ(tls_key(support::splice(spki, number, changed)), std::nullopt) << digits;
    }
  }
}

TEST(TlsKey, OctetByOctetNoChangeOfTheParametersPassesForTheCurve) {
  const Key key = new_key("P-256");
  const auto usual = spki_of(key);
  const auto spki = written(key, "uncompressed", "explicit");
  const std::size_t parameters = spki.size() - 68;  // what follows is the point
  for (std::size_t at = 0; at < parameters; ++at) {
    auto changed = spki;
    changed[at] ^= std::byte{0x10};
    // The seed and the version say nothing.
    EXPECT_EQ(with_named_curve(changed).value_or(usual), usual) << at;
  }
}

TEST(TlsKey, APointThatIsOnNoCurveIsNone) {
  const Key key = new_key("P-256");
  auto compressed = written(key, "compressed", "named_curve");
  std::size_t refused = 0;
  for (int i = 0; i < 64; ++i) {  // every other x has no y
    compressed.back() = static_cast<std::byte>(i);
    refused += tls_key(compressed) ? 0 : 1;
  }
  EXPECT_GT(refused, 8U);
  EXPECT_LT(refused, 56U);
  auto beyond = compressed;
  std::fill(beyond.end() - 32, beyond.end(), std::byte{0xff});  // not below p
  EXPECT_EQ(tls_key(beyond), std::nullopt);
}

TEST(TlsKey, CurvesThatNobodyOffersAreNone) {
  for (const char* curve : {"P-224", "secp256k1", "brainpoolP256r1", "K-283"}) {
    const Key key = new_key(curve);
    EXPECT_EQ(tls_key(spki_of(key)), std::nullopt) << curve;
    EXPECT_EQ(tls_key(written(key, "uncompressed", "explicit")), std::nullopt) << curve;
  }
}

TEST(TlsKey, OtherKindsAreThemselves) {
  for (const char* kind : {"ED25519", "ED448"}) {
    const auto spki = spki_of(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, kind)));
    EXPECT_EQ(tls_key(spki), spki) << kind;
  }
  const auto rsa = spki_of(Key(EVP_RSA_gen(2048)));
  EXPECT_EQ(tls_key(rsa), rsa);
  EXPECT_EQ(tls_key(spki_of(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")))),
            std::nullopt);
  EXPECT_EQ(tls_key({}), std::nullopt);
  EXPECT_EQ(tls_key(base::Bytes(40)), std::nullopt);
}

TEST(TlsKey, OneWhoseCheckTakesTooLongIsTold) {
  const base::Bytes long_number(3000, std::byte{1});
  const auto number = der::encode(der::kInteger, {long_number});
  const auto key = der::encode(der::kSequence, {number, number});
  const auto algorithm =
      der::encode(der::kSequence, {der::encode(der::kOid, {oid::kRsa})});
  const auto bits = der::encode(der::kBitString, {oid::make(0), key});
  const auto spki = der::encode(der::kSequence, {algorithm, bits});
  EXPECT_THAT(unsupported_key(spki).value_or(""), testing::HasSubstr("is not used"));
  EXPECT_TRUE(unsupported_raw_key(spki).has_value());
  EXPECT_EQ(unsupported_key(spki_of(new_key("P-256"))), std::nullopt);
  EXPECT_THAT(unsupported_key(spki_of(new_key("secp256k1"))).value_or(""),
              testing::HasSubstr("P-521"));
}

}  // namespace
}  // namespace verify

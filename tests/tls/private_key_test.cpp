#include "src/tls/private_key.h"

#include <gnutls/crypto.h>
#include <gtest/gtest.h>

#include "tests/support/signatures.h"

namespace tls {
namespace {

using Kind = support::Key::Kind;
using support::is_signed;
using support::key_pem;
using support::private_key;

base::Bytes certificate_of(const support::Key& key) {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  recipe.key = key;
  return support::make(recipe);
}

SigningRequest request(base::ByteView octets, gnutls_sign_algorithm_t algorithm) {
  SigningRequest out;
  out.algorithm = static_cast<std::uint32_t>(algorithm);
  out.octets = octets;
  return out;
}

void expect_bad(const base::Result<PrivateKey>& key, std::string_view why) {
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(key.error().code, base::Code::bad_certificate_file);
  EXPECT_EQ(key.error().detail, why);
}

TEST(PrivateKey, FitsTheCertificateWithItsPublicHalf) {
  for (const Kind kind : {Kind::p256, Kind::rsa2048, Kind::ed25519}) {
    const support::Key key{"mine", kind}, other{"other", kind};
    EXPECT_TRUE(private_key(key).fits(certificate_of(key)));
    EXPECT_FALSE(private_key(key).fits(certificate_of(other)));
  }
}

TEST(PrivateKey, FitsNoCertificateThatIsNone) {
  const auto key = private_key({"mine"});
  EXPECT_FALSE(key.fits({}));
  EXPECT_FALSE(key.fits(base::as_bytes("certificate")));
  base::Bytes cut = certificate_of({"mine"});
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(key.fits(cut));
}

TEST(PrivateKey, UnderAPasswordIsReadWithIt) {
  const std::string locked = key_pem({"mine"}, "open sesame");
  const auto key = PrivateKey::read(locked, "open sesame");
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_TRUE(key->fits(certificate_of({"mine"})));
  expect_bad(PrivateKey::read(locked, "open barley"),
             "the password does not open the key");
  expect_bad(PrivateKey::read(locked, ""),
             "the key is encrypted, and no password was given");
}

TEST(PrivateKey, IsFoundAmongCertificates) {
  const std::string chain = support::pem(certificate_of({"mine"}));
  EXPECT_TRUE(PrivateKey::read(chain + key_pem({"mine"}), ""));
  EXPECT_TRUE(PrivateKey::read(key_pem({"mine"}) + chain, ""));
}

TEST(PrivateKey, WhatIsNoKeyIsAnErrorOfUsage) {
  for (const std::string& text :
       {std::string(), std::string("no PEM"), support::pem(certificate_of({"mine"})),
        key_pem({"mine"}).substr(0, 100)}) {
    const auto key = PrivateKey::read(text, "");
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().kind, base::ErrorKind::usage);
    EXPECT_FALSE(key.error().detail.empty());
  }
}

TEST(PrivateKey, SignsAsAHandshakeWantsIt_Rfc8446s4_4_3) {
  const struct {
    Kind kind;
    gnutls_sign_algorithm_t algorithm;
  } cases[] = {{Kind::p256, GNUTLS_SIGN_ECDSA_SECP256R1_SHA256},
               {Kind::rsa2048, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
               {Kind::rsa2048, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512},
               {Kind::rsa2048, GNUTLS_SIGN_RSA_SHA256},
               {Kind::ed25519, GNUTLS_SIGN_EDDSA_ED25519}};
  for (const auto& [kind, algorithm] : cases) {
    const support::Key key{"mine", kind};
    const auto said = base::as_bytes("transcript");
    const auto signature = private_key(key).sign(request(said, algorithm));
    ASSERT_TRUE(signature) << gnutls_sign_get_name(algorithm);
    EXPECT_TRUE(is_signed(key, algorithm, said, *signature));
    EXPECT_FALSE(is_signed(key, algorithm, base::as_bytes("other"), *signature));
  }
}

TEST(PrivateKey, SignsAHashThatIsWholeAndNoOther) {
  for (const auto algorithm : {GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_RSA_SHA384,
                               GNUTLS_SIGN_RSA_PSS_RSAE_SHA512}) {
    const std::size_t right =
        gnutls_hash_get_len(gnutls_sign_get_hash_algorithm(algorithm));
    for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 48U, 63U, 64U, 65U, 8000U}) {
      const base::Bytes hash(size, std::byte{'h'});
      auto wanted = request(hash, algorithm);
      wanted.is_hash = true;
      EXPECT_EQ(private_key({"mine", Kind::rsa2048}).sign(wanted).has_value(),
                size == right)
          << size << " octets for " << gnutls_sign_get_name(algorithm);
    }
  }
}

// What GnuTLS asks for where a handshake of TLS 1.2 has RSA with PKCS #1 v1.5.
TEST(PrivateKey, SignsAHashInADigestInfo_Rfc8017s9_2) {
  const support::Key key{"mine", Kind::rsa2048};
  const auto said = base::as_bytes("transcript");
  base::Bytes info = base::from_hex("3031300d060960864801650304020105000420").value();
  const std::size_t before = info.size();
  info.resize(before + 32);
  gnutls_hash_fast(GNUTLS_DIG_SHA256, said.data(), said.size(), info.data() + before);
  auto wanted = request(info, GNUTLS_SIGN_RSA_RAW);
  wanted.is_hash = true;
  const auto signature = private_key(key).sign(wanted);
  ASSERT_TRUE(signature) << signature.error().detail;
  EXPECT_TRUE(is_signed(key, GNUTLS_SIGN_RSA_SHA256, said, *signature));
  const base::Bytes much(8000);
  wanted.octets = much;
  EXPECT_FALSE(private_key(key).sign(wanted));
}

TEST(PrivateKey, SignsByNoAlgorithmThatIsNotItsOwn) {
  const auto key = private_key({"mine"});
  const auto said = base::as_bytes("transcript");
  for (const std::uint32_t algorithm :
       {0U, 9999U, 0xFFFFFFFFU,
        static_cast<std::uint32_t>(GNUTLS_SIGN_RSA_PSS_RSAE_SHA256)}) {
    SigningRequest wanted;
    wanted.algorithm = algorithm;
    wanted.octets = said;
    const auto signature = key.sign(wanted);
    ASSERT_FALSE(signature) << algorithm;
    EXPECT_EQ(signature.error().kind, base::ErrorKind::internal);
    EXPECT_EQ(signature.error().code, base::Code::tls);
  }
}

}  // namespace
}  // namespace tls

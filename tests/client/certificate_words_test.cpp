#include "src/client/certificate_words.h"

#include <gtest/gtest.h>

#include "tests/support/names.h"
#include "tests/support/peers.h"

namespace client {
namespace {

TEST(CertificateWords, AreThoseThatPeopleSay) {
  const support::GoodChain good;
  const auto words = certificate_words(good.leaf, support::name("mail.example.org"));
  EXPECT_EQ(words.names, "mail.example.org");
  EXPECT_EQ(words.issuer, "Middle");
  EXPECT_EQ(words.key, "ECDSA P-256");
  EXPECT_EQ(words.until, support::kNow + 10 * support::kDay);
  EXPECT_EQ(certificate_words(good.root, {}).issuer, "itself");
}

TEST(CertificateWords, TheWantedNameComesFirstAndManyAreCounted) {
  const auto leaf = support::make(
      support::leaf("Middle", {"a.example", "b.example", "*.example.org", "c.example"}));
  EXPECT_EQ(certificate_words(leaf, support::name("mx.example.org")).names,
            "*.example.org, a.example and 2 more");
  EXPECT_EQ(certificate_words(leaf, support::name("none.example.net")).names,
            "a.example, b.example and 2 more");
  EXPECT_EQ(certificate_words(leaf, {}, 4).names,
            "a.example, b.example, *.example.org, c.example");
}

TEST(CertificateWords, ACommonNameStandsInForNames) {
  support::Recipe recipe;
  recipe.subject = "plain";
  EXPECT_EQ(certificate_words(support::make(recipe), {}).names, "plain");
}

TEST(CertificateWords, OfWhatCannotBeReadAreNone) {
  const auto words = certificate_words(base::as_bytes("nonsense"), {});
  EXPECT_EQ(words.names + words.issuer + words.key, "");
  EXPECT_EQ(words.until, std::nullopt);
}

TEST(KeyWords, NameTheKind) {
  using Kind = support::Key::Kind;
  EXPECT_EQ(key_words(support::spki_of({"words p256", Kind::p256})), "ECDSA P-256");
  EXPECT_EQ(key_words(support::spki_of({"words rsa", Kind::rsa2048})), "RSA 2048");
  EXPECT_EQ(key_words(support::spki_of({"words ed", Kind::ed25519})), "Ed25519");
  EXPECT_EQ(key_words(base::as_bytes("nonsense")), "");
}

}  // namespace
}  // namespace client

#include "verify/certificate.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/extensions.h"

namespace verify {
namespace {

using support::kDay;
using support::kNow;
using support::make;

TEST(Certificate, SlicesTheKeyAsItStands_Rfc6698s2_1_4) {
  const support::Key keys[] = {{"slices", support::Key::Kind::p256},
                               {"slices", support::Key::Kind::rsa2048},
                               {"slices", support::Key::Kind::ed25519}};
  for (const auto& key : keys) {
    support::Recipe recipe;
    recipe.key = key;
    const auto der = make(recipe);
    const auto certificate = parse_certificate(der);
    ASSERT_TRUE(certificate.has_value());
    EXPECT_TRUE(base::equal(certificate->spki, support::spki_of(key)));
    EXPECT_TRUE(is_spki(certificate->spki));
    EXPECT_EQ(certificate->version, 3U);
    EXPECT_TRUE(self_issued(*certificate));
  }
}

TEST(Certificate, NothingButOneWholeCertificate) {
  const auto der = make({});
  auto longer = der;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(parse_certificate(longer).has_value());
  EXPECT_FALSE(parse_certificate({}).has_value());
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(parse_certificate(base::ByteView(der).first(size)).has_value());
  }
}

TEST(Certificate, KeyIsNoCertificateAndCertificateNoKey) {
  const auto der = make({});
  EXPECT_FALSE(is_spki(der));
  EXPECT_FALSE(parse_certificate(support::spki_of({"leaf"})).has_value());
}

TEST(Certificate, ValidityInBothForms_Rfc5280s4_1_2_5) {
  support::Recipe recipe;
  recipe.from = kNow - 20000 * kDay;
  recipe.until = kNow + 20000 * kDay;
  const auto der = make(recipe);
  const auto validity = validity_of(parse_certificate(der).value());
  ASSERT_TRUE(validity.has_value());
  EXPECT_EQ(validity->not_before, recipe.from);
  EXPECT_EQ(validity->not_after, recipe.until);
}

TEST(Certificate, TimesThatDoNotExistAreNone) {
  const auto der = make({});
  const auto good = base::as_bytes("260522120000Z");
  for (const auto* text : {"261322120000Z", "260532120000Z", "260522240000Z",
                           "260522126000Z", "26052212000aZ", "2605221200000"}) {
    const auto bad = support::splice(der, good, base::as_bytes(text));
    EXPECT_FALSE(validity_of(parse_certificate(bad).value()).has_value()) << text;
  }
}

TEST(Certificate, TimesInPrint) { EXPECT_EQ(to_text(kNow), "2026-06-01T12:00:00Z"); }

TEST(Certificate, WeaknessInWords) {
  support::Recipe weak;
  weak.key.kind = support::Key::Kind::rsa1024;
  const auto short_key = make(weak);
  EXPECT_EQ(weakness_of(parse_certificate(short_key).value()), "RSA key of 1024 bits");
  support::Recipe broken;
  broken.sha1 = true;
  const auto sha1 = make(broken);
  EXPECT_TRUE(weakness_of(parse_certificate(sha1).value()).has_value());
  const auto fine = make({});
  EXPECT_FALSE(weakness_of(parse_certificate(fine).value()).has_value());
}

TEST(Certificate, ReadsExtensions_Rfc5280s4_2_1) {
  auto recipe = support::ca("CA");
  recipe.path_length = 3;
  recipe.purposes = {support::kClientPurpose};
  recipe.subject_key_id = "own";
  recipe.authority_key_id = "above";
  recipe.permitted_dns = {"example.org"};
  const auto der = make(recipe);
  const auto extensions = read_extensions(parse_certificate(der).value());
  EXPECT_FALSE(extensions.malformed);
  EXPECT_FALSE(extensions.unknown_critical);
  EXPECT_TRUE(extensions.name_constraints.has_value());
  EXPECT_TRUE(extensions.basic->ca);
  EXPECT_EQ(extensions.basic->path_length, 3U);
  EXPECT_EQ(extensions.key_usage.value() & kKeyCertSign, kKeyCertSign);
  EXPECT_EQ(extensions.server_purpose, false);
  EXPECT_EQ(base::as_text(extensions.subject_key_id), "own");
  EXPECT_EQ(base::as_text(extensions.authority_key_id), "above");
}

TEST(Certificate, MalformedExtensionsAreSaidToBe) {
  support::Recipe recipe;
  recipe.raw = {{"2.5.29.19", base::from_hex("3003020101").value(), true},
                {"2.5.29.37", base::from_hex("0500").value(), false}};
  const auto der = make(recipe);
  EXPECT_TRUE(read_extensions(parse_certificate(der).value()).malformed);
}

}  // namespace
}  // namespace verify

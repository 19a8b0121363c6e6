#include "verify/certificate.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/der.h"
#include "verify/extensions.h"
#include "verify/oids.h"
namespace verify {
namespace {

using support::kDay;
using support::kNow;
using support::make;

// A certificate whose parts these are.
Certificate with_validity(const base::Bytes& contents) {
  Certificate out;
  out.validity = contents;
  return out;
}

base::Bytes times(std::uint8_t tag, std::string_view from, std::string_view until) {
  auto out = der::encode(tag, {base::as_bytes(from)});
  const auto end = der::encode(tag, {base::as_bytes(until)});
  out.insert(out.end(), end.begin(), end.end());
  return out;
}

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

TEST(Certificate, OfAVersionThatIsNoneHasAKeyAndIsOnNoPath_Rfc5280s4_1_2_1) {
  const auto root = make(support::ca("Root"));
  const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
  const auto v3 = base::from_hex("a003020102").value();
  for (const char* digits : {"a003020103", "a0030201ff", "a00302017f"}) {
    const auto odd = support::splice(leaf, v3, base::from_hex(digits).value());
    const auto certificate = parse_certificate(odd);
    ASSERT_TRUE(certificate.has_value()) << digits;
    EXPECT_EQ(certificate->version, kUnknownVersion);
    EXPECT_TRUE(base::equal(certificate->spki, parse_certificate(leaf)->spki));
    EXPECT_TRUE(read_extensions(*certificate).malformed);
    const auto by_key =
        support::judge({odd, root}, support::dane({support::record(3, 1, 1, odd)}));
    EXPECT_EQ(by_key.outcome, Outcome::dane) << digits;
    const auto by_path =
        support::judge({odd, root}, support::dane({support::record(2, 1, 1, root)}));
    EXPECT_EQ(by_path.outcome, Outcome::rejected) << digits;
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

TEST(Certificate, NothingStandsBehindTheExtensions_Rfc5280s4_1) {
  const auto der = make(support::leaf("Root", {"mail.example.org"}));
  const auto parts = parse_certificate(der).value();
  const auto rebuilt = [&](const base::Bytes& behind) {
    der::Reader outer(der::only(der, der::kSequence)->content);
    const auto tbs = outer.next(der::kSequence)->content;
    const auto changed = der::encode(der::kSequence, {tbs, behind});
    const auto algorithm = der::encode(der::kSequence, {parts.signature_algorithm});
    const auto signature = der::encode(der::kBitString, {oid::make(0, 0)});
    return der::encode(der::kSequence, {changed, algorithm, signature});
  };
  EXPECT_TRUE(parse_certificate(rebuilt({})).has_value());
  EXPECT_FALSE(parse_certificate(rebuilt({std::byte{5}, std::byte{0}})).has_value());
}

TEST(Certificate, TwoDigitsOfAYearAreFrom1950To2049_Rfc5280s4_1_2_5_1) {
  const auto year_of = [](std::string_view text) {
    const auto contents = times(der::kUtcTime, text, text);
    const auto validity = validity_of(with_validity(contents));
    return validity ? to_text(validity->not_before).substr(0, 4) : "none";
  };
  EXPECT_EQ(year_of("490601120000Z"), "2049");
  EXPECT_EQ(year_of("500601120000Z"), "1950");
  EXPECT_EQ(year_of("000601120000Z"), "2000");
  EXPECT_EQ(year_of("990601120000Z"), "1999");
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
  ASSERT_TRUE(extensions.purposes.has_value());
  EXPECT_FALSE(extensions.purposes->server);
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

TEST(Certificate, EveryFieldOfATimeIsDigitsInItsRange_Rfc5280s4_1_2_5) {
  const std::string good = "20260601120000Z";
  const auto both = times(der::kGeneralizedTime, good, good);
  EXPECT_TRUE(validity_of(with_validity(both)).has_value());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char octet : {'/', ':', 'x'}) {
      auto bad = good;
      bad[at] = octet;
      const auto first = times(der::kGeneralizedTime, bad, good);
      EXPECT_FALSE(validity_of(with_validity(first)).has_value()) << bad;
      const auto second = times(der::kGeneralizedTime, good, bad);
      EXPECT_FALSE(validity_of(with_validity(second)).has_value()) << bad;
      if (at < 2) continue;
      const auto utc = times(der::kUtcTime, bad.substr(2), good.substr(2));
      EXPECT_FALSE(validity_of(with_validity(utc)).has_value()) << bad;
    }
  }
  for (const auto* bad : {"20261301120000Z", "20260631120000Z", "20260601240000Z",
                          "20260601126000Z", "20260601120060Z", "2026060112000Z", ""}) {
    const auto contents = times(der::kGeneralizedTime, bad, good);
    EXPECT_FALSE(validity_of(with_validity(contents)).has_value()) << bad;
  }
}

TEST(Certificate, AValidityHasTwoTimesAndNothingElse_Rfc5280s4_1_2_5) {
  const std::string good = "20260601120000Z";
  auto three = times(der::kGeneralizedTime, good, good);
  three.insert(three.end(), {std::byte{5}, std::byte{0}});
  EXPECT_FALSE(validity_of(with_validity(three)).has_value());
  EXPECT_FALSE(validity_of(with_validity({})).has_value());
  const auto one = der::encode(der::kGeneralizedTime, {base::as_bytes(good)});
  EXPECT_FALSE(validity_of(with_validity(one)).has_value());
  const auto odd = times(der::kUtf8String, good, good);
  EXPECT_FALSE(validity_of(with_validity(odd)).has_value());
}

// A subject of these attributes.
base::Bytes subject(const std::vector<base::Bytes>& attributes) {
  base::Bytes sets;
  for (const auto& attribute : attributes) {
    const auto set = der::encode(der::kSet, {attribute});
    sets.insert(sets.end(), set.begin(), set.end());
  }
  return der::encode(der::kSequence, {sets});
}

base::Bytes attribute(base::ByteView type, std::uint8_t tag, std::string_view value) {
  return der::encode(der::kSequence, {der::encode(der::kOid, {type}),
                                      der::encode(tag, {base::as_bytes(value)})});
}

std::optional<base::ByteView> common_name_of(const base::Bytes& der) {
  Certificate certificate;
  certificate.subject = der;
  return common_name(certificate);
}

TEST(Certificate, TheOneCommonNameInACommonStringType) {
  constexpr std::uint8_t kBmpString = 0x1e;
  const auto other = oid::make(0x55, 4, 10);
  for (const auto tag : {der::kUtf8String, der::kPrintableString, der::kIa5String}) {
    const auto der = subject({attribute(other, tag, "x"),
                              attribute(oid::kCommonName, tag, "mail.example.org")});
    const auto name = common_name_of(der);
    ASSERT_TRUE(name.has_value());
    EXPECT_EQ(base::as_text(*name), "mail.example.org");
  }
  const auto cn = attribute(oid::kCommonName, der::kUtf8String, "a.example");
  EXPECT_FALSE(common_name_of(subject({cn, cn})).has_value());
  EXPECT_FALSE(common_name_of(subject({})).has_value());
  EXPECT_FALSE(common_name_of({}).has_value());
  EXPECT_FALSE(common_name_of(subject({attribute(oid::kCommonName, kBmpString, "a")}))
                   .has_value());
  const auto no_value =
      der::encode(der::kSequence, {der::encode(der::kOid, {oid::kCommonName})});
  EXPECT_FALSE(common_name_of(subject({no_value})).has_value());
  EXPECT_FALSE(common_name_of(subject({der::encode(der::kSequence, {})})).has_value());
}

TEST(Certificate, WeakSignaturesByTheirAlgorithm) {
  const auto algorithm = [](base::ByteView type) {
    return der::encode(der::kOid, {type});
  };
  for (const auto& [type, weak] : {std::pair<base::ByteView, bool>{oid::kMd5Rsa, true},
                                   {oid::kSha1Rsa, true},
                                   {oid::kSha1Ecdsa, true},
                                   {oid::kSha256Ecdsa, false}}) {
    const auto contents = algorithm(type);
    Certificate certificate;
    certificate.signature_algorithm = contents;
    EXPECT_EQ(weakness_of(certificate).has_value(), weak);
  }
  EXPECT_FALSE(weakness_of(Certificate()).has_value());
}

}  // namespace
}  // namespace verify

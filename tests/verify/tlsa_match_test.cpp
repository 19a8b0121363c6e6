// Matching, DANE-EE and raw public keys.
#include "verify/tlsa_match.h"

#include <gmock/gmock.h>
#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::dane;
using support::GoodChain;
using support::judge;
using support::kDay;
using support::kNow;
using support::make;
using support::record;
using testing::HasSubstr;

void expect_proved(const Verdict& verdict) {
  EXPECT_EQ(verdict.outcome, Outcome::dane) << verdict.detail;
  EXPECT_EQ(verdict.depth, 0U);
}

void expect_ee_accepts(const base::Bytes& leaf) {
  for (const int selector : support::kSelectors) {
    for (const int matching : support::kMatchings) {
      expect_proved(judge({leaf}, dane({record(3, selector, matching, leaf)})));
    }
  }
}

TEST(TlsaMatch, SelectorAndMatchingType_Rfc6698s2_1) {
  const support::GoodChain good;
  const auto leaf = parse_certificate(good.leaf).value();
  const auto middle = parse_certificate(good.middle).value();
  for (const int selector : support::kSelectors) {
    for (const int matching : support::kMatchings) {
      const auto tlsa = record(3, selector, matching, good.leaf);
      EXPECT_TRUE(matches(tlsa, leaf));
      EXPECT_FALSE(matches(tlsa, middle));
    }
  }
}

TEST(TlsaMatch, RenewedCertificateWithTheSameKey_Rfc6698s2_1_2) {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  const auto before = make(recipe);
  recipe.until = kNow + 90 * kDay;
  const auto after = make(recipe);
  expect_proved(judge({after}, dane({record(3, 1, 1, before)})));
  const auto verdict = judge({after}, dane({record(3, 0, 1, before)}));
  EXPECT_EQ(verdict.reason, Reason::mismatch);
}

TEST(TlsaMatch, DaneEeIsTheFirstCertificateOnly_Rfc8446s4_4_2) {
  const support::GoodChain good;
  const auto verdict = judge(good.sent(), dane({record(3, 1, 1, good.middle)}));
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
  EXPECT_EQ(verdict.reason, Reason::mismatch);
}

TEST(TlsaMatch, OneMatchSuffices_Rfc6698s4_1) {
  const support::GoodChain good;
  const auto verdict = judge(good.sent(), dane({record(3, 1, 1, good.root),
                                                {9, 9, 9, base::Bytes(3)},
                                                record(3, 1, 1, good.leaf)}));
  expect_proved(verdict);
  EXPECT_EQ(verdict.record, 2U);
  EXPECT_EQ(verdict.notes[1].state, RecordState::unusable);
}

TEST(TlsaMatch, DaneEeAcceptsExpiredLeaf_Rfc7671s5_1) {
  auto recipe = support::leaf("CA", {});
  recipe.until = kNow - kDay;
  expect_ee_accepts(make(recipe));
  const auto der = make(recipe);
  EXPECT_THAT(judge({der}, dane({record(3, 1, 1, der)})).warnings,
              testing::ElementsAre("leaf expired 2026-05-31T12:00:00Z"));
}

TEST(TlsaMatch, DaneEeAcceptsNotYetValidLeaf_Rfc7671s5_1) {
  auto recipe = support::leaf("CA", {});
  recipe.from = kNow + kDay;
  expect_ee_accepts(make(recipe));
}

TEST(TlsaMatch, DaneEeAcceptsAnyNameOrNone_Rfc7672s3_1_1) {
  expect_ee_accepts(make(support::leaf("CA", {"wrong.example"})));
  support::Recipe nameless;
  nameless.subject = "";
  nameless.key.name = "nameless";
  expect_ee_accepts(make(nameless));
}

TEST(TlsaMatch, DaneEeIgnoresUsageCriticalExtensionsAndCaFlag_Rfc7671s5_1) {
  auto recipe = support::ca("leaf");
  recipe.key_usage = GNUTLS_KEY_CRL_SIGN;
  recipe.purposes = {support::kClientPurpose};
  recipe.raw = {{"1.2.3.4", base::Bytes(2), true}};
  expect_ee_accepts(make(recipe));
}

TEST(TlsaMatch, DaneEeIgnoresWhatFollowsTheLeaf_Rfc7671s5_1) {
  const support::GoodChain good;
  const auto wanted = dane({record(3, 1, 1, good.leaf)});
  expect_proved(judge({good.leaf, base::Bytes(7), good.root, {}}, wanted));
  expect_proved(judge(Certificates(100, good.leaf), wanted));
}

TEST(TlsaMatch, DaneEeWarnsOfWeakness) {
  support::Recipe recipe;
  recipe.key.kind = support::Key::Kind::rsa1024;
  recipe.sha1 = true;
  const auto der = make(recipe);
  expect_ee_accepts(der);
  EXPECT_THAT(judge({der}, dane({record(3, 1, 1, der)})).warnings,
              testing::Contains(HasSubstr("1024")));
}

base::Bytes with_unknown_algorithm(const base::Bytes& der) {
  const auto known = base::from_hex("2a8648ce3d0201").value();
  const auto unknown = base::from_hex("2a8648ce3d0209").value();
  return support::splice(der, known, unknown);
}

TEST(TlsaMatch, KeyOfAnUnknownKindMatchesAndProvesNobody_Rfc6698s2_1_2) {
  const auto leaf = with_unknown_algorithm(make({}));
  for (const int selector : support::kSelectors) {
    const auto verdict = judge({leaf}, dane({record(3, selector, 1, leaf)}));
    EXPECT_EQ(verdict.reason, Reason::unsupported_key);
    EXPECT_EQ(verdict.notes.at(0).state, RecordState::failed);
    EXPECT_THAT(verdict.detail, HasSubstr("matches, but"));
  }
  const auto other = judge({leaf}, dane({record(3, 1, 1, make({}))}));
  EXPECT_EQ(other.reason, Reason::mismatch);
}

TEST(TlsaMatch, NoCertificateAndBrokenCertificate) {
  const support::GoodChain good;
  const auto wanted = dane({record(3, 1, 1, good.leaf)});
  EXPECT_EQ(judge({}, wanted).reason, Reason::no_certificate);
  EXPECT_EQ(judge({{}}, wanted).reason, Reason::bad_certificate);
  EXPECT_EQ(judge({base::Bytes(9)}, wanted).reason, Reason::bad_certificate);
  EXPECT_EQ(judge({base::Bytes(9)}, wanted).outcome, Outcome::rejected);
}

Verdict judge_key(const base::Bytes& spki, const policy::Requirement& wanted) {
  return check(RawPublicKey{spki}, wanted, {kNow, nullptr, {}});
}

TEST(RawKey, OfAnUnknownKindProvesNobody) {
  const auto leaf = with_unknown_algorithm(make({}));
  const auto spki = with_unknown_algorithm(support::spki_of({"leaf"}));
  EXPECT_EQ(judge_key(spki, dane({record(3, 1, 1, leaf)})).reason,
            Reason::unsupported_key);
}

TEST(RawKey, MatchedByDaneEeWithSelectorSpki_Rfc7671s5_1) {
  const auto der = make({});
  const auto spki = support::spki_of({"leaf"});
  for (const int matching : support::kMatchings) {
    const auto verdict = judge_key(spki, dane({record(3, 1, matching, der)}));
    expect_proved(verdict);
    EXPECT_THAT(verdict.detail, HasSubstr("raw public key"));
  }
}

TEST(RawKey, MatchedByNothingElse_Rfc7250s6) {
  const auto der = make({});
  const auto spki = support::spki_of({"leaf"});
  for (const int usage : support::kUsages) {
    for (const int selector : support::kSelectors) {
      if (usage == 3 && selector == 1) continue;
      for (const int matching : support::kMatchings) {
        const auto verdict =
            judge_key(spki, dane({record(usage, selector, matching, der)}));
        EXPECT_EQ(verdict.outcome, Outcome::rejected) << usage << selector << matching;
      }
    }
  }
}

TEST(RawKey, CertificateBytesAreNoRawKey_Rfc7671s5_1) {
  const auto der = make({});
  EXPECT_EQ(judge_key(der, dane({record(3, 0, 0, der)})).outcome, Outcome::rejected);
  EXPECT_EQ(judge_key(support::spki_of({"else"}), dane({record(3, 1, 1, der)})).reason,
            Reason::mismatch);
  EXPECT_EQ(judge_key({}, dane({record(3, 1, 1, der)})).outcome, Outcome::rejected);
}

TEST(RawKey, PkixProvesNothing) {
  const support::GoodChain good;
  const auto store = support::roots({good.root});
  const auto verdict = check(RawPublicKey{support::spki_of({"leaf"})}, support::pkix(),
                             {kNow, &store, {}});
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
}

TEST(TlsaMatch, NamesOfDaneEeToo_IfTheUserWantsThem) {
  const GoodChain good;
  auto wanted = dane({record(3, 1, 1, good.leaf)}, "other.example.org");
  EXPECT_EQ(judge(good.sent(), wanted).outcome, Outcome::dane);
  wanted.name_check = policy::NameCheck::dane_ee;
  EXPECT_EQ(judge(good.sent(), wanted).reason, Reason::name_mismatch);
  wanted.names.push_back(support::name("mail.example.org"));
  const auto verdict = judge(good.sent(), wanted);
  EXPECT_EQ(verdict.outcome, Outcome::dane);
  EXPECT_EQ(verdict.matched_name, "mail.example.org");
  const RawPublicKey key{support::spki_of({"leaf"})};
  EXPECT_EQ(check(key, wanted, {support::kNow, nullptr, {}}).outcome, Outcome::rejected);
}

TEST(TlsaMatch, OnlyDaneEeWhereKeyUsageWasOverlooked_Rfc7671s5_1) {
  const GoodChain good;
  auto wanted = dane({record(2, 1, 1, good.middle)});
  wanted.only_dane_ee = true;
  EXPECT_EQ(judge(good.sent(), wanted).reason, Reason::no_usable_record);
  wanted.records.push_back(record(3, 1, 1, good.leaf));
  EXPECT_EQ(judge(good.sent(), wanted).outcome, Outcome::dane);
}

TEST(TlsaMatch, NoKeyIsNoRawPublicKey_Rfc7250s3) {
  dns::Tlsa empty{3, 1, 1, {}};
  const auto digest = sha256(base::ByteView());
  empty.data.assign(digest.begin(), digest.end());
  EXPECT_EQ(check(RawPublicKey{}, dane({empty}), {support::kNow, nullptr, {}}).reason,
            Reason::no_certificate);
}

TEST(TlsaMatch, DataOfNoAssignedTypeIsNone_Rfc6698s2_1_3) {
  const auto abc = base::as_bytes("abc");
  EXPECT_EQ(association_data(dns::kFull, abc), base::Bytes(abc.begin(), abc.end()));
  EXPECT_EQ(association_data(dns::kSha256, abc), digest(dns::kSha256, abc));
  for (const unsigned unassigned : {3U, 4U, 255U}) {
    const dns::Matching type{static_cast<std::uint8_t>(unassigned)};
    EXPECT_FALSE(association_data(type, abc)) << unassigned;
    EXPECT_FALSE(
        matches_data({dns::kDaneEe, dns::kSpki, type, {abc.begin(), abc.end()}}, abc));
  }
}

TEST(TlsaMatch, ADigestOfNothingIsNamed) {
  const GoodChain good;
  dns::Tlsa empty{3, 1, 1, base::Bytes(32)};
  EXPECT_FALSE(digest_of_nothing(empty));
  const auto assign = [&](const auto& digest) {
    empty.data.assign(digest.begin(), digest.end());
  };
  assign(sha256({}));
  EXPECT_TRUE(digest_of_nothing(empty));
  EXPECT_NE(judge(good.sent(), dane({empty})).detail.find("the SHA2-256 of nothing"),
            std::string::npos);
  assign(sha512({}));
  empty.matching = dns::kSha512;
  EXPECT_NE(judge(good.sent(), dane({empty})).detail.find("the SHA2-512 of nothing"),
            std::string::npos);
}

}  // namespace
}  // namespace verify

// PKIX alone, PKIX-TA and PKIX-EE (RFC 6698 2.1.1).
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
using support::pkix;
using support::record;

Reason reason_of(const Certificates& chain, const policy::Requirement& wanted,
                 const Roots& store) {
  return judge(chain, wanted, &store).reason;
}

TEST(Pkix, PathToARootThatIsSentOrNot) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  const Certificates with = good.sent(), without{good.leaf, good.middle};
  for (const auto& chain : {with, without}) {
    const auto verdict = judge(chain, pkix(), &store);
    EXPECT_EQ(verdict.outcome, Outcome::pkix) << verdict.detail;
    EXPECT_EQ(verdict.depth, 2U);
    EXPECT_EQ(verdict.matched_name, "mail.example.org");
  }
}

TEST(Pkix, IntermediateInTheStoreIsAnAnchor) {
  const GoodChain good;
  EXPECT_EQ(reason_of({good.leaf, good.middle}, pkix(), support::roots({good.middle})),
            Reason::none);
}

TEST(Pkix, WithoutAStoreNothingIsProved) {
  const GoodChain good;
  EXPECT_EQ(judge(good.sent(), pkix()).reason, Reason::no_trust_store);
  EXPECT_EQ(reason_of(good.sent(), pkix(), Roots()), Reason::no_path);
}

TEST(Pkix, RootOfAnotherKeyIsRejected) {
  const GoodChain good;
  auto fake = support::ca("Root");
  fake.key.name = "fake";
  EXPECT_EQ(reason_of(good.sent(), pkix(), support::roots({make(fake)})),
            Reason::bad_signature);
}

TEST(Pkix, SameNamedRootsAreAllTried) {
  const GoodChain good;
  std::vector<base::Bytes> same;
  for (int i = 0; i < 5; ++i) {
    auto fake = support::ca("Root");
    fake.key.name = "fake " + std::to_string(i);
    same.push_back(make(fake));
  }
  same.push_back(good.root);
  EXPECT_EQ(reason_of(good.sent(), pkix(), support::roots(same)), Reason::none);
}

TEST(Pkix, ExpiredRootIsRejected) {
  const GoodChain good;
  auto recipe = support::ca("Root");
  recipe.until = kNow - kDay;
  EXPECT_EQ(reason_of(good.sent(), pkix(), support::roots({make(recipe)})),
            Reason::expired);
}

TEST(Pkix, NameMustBeThereUnlessSkipped) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto wanted = pkix("other.example.org");
  const auto verdict = judge(good.sent(), wanted, &store);
  EXPECT_EQ(verdict.reason, Reason::name_mismatch);
  EXPECT_EQ(verdict.detail,
            "certificate names mail.example.org; expected other.example.org");
  wanted.names.clear();
  EXPECT_EQ(reason_of(good.sent(), wanted, store), Reason::name_mismatch);
  wanted.name_check = policy::NameCheck::skip;
  EXPECT_EQ(reason_of(good.sent(), wanted, store), Reason::none);
}

TEST(Pkix, CommonNameOnlyIfTheUserSaysAlways_Rfc9525s2) {
  auto recipe = support::leaf("CA", {});
  recipe.subject = "mail.example.org";
  const auto leaf = make(recipe);
  const auto store = support::roots({make(support::ca("CA"))});
  auto wanted = pkix();
  wanted.common_name = policy::CommonName::smtp_dane_ta;
  EXPECT_EQ(reason_of({leaf}, wanted, store), Reason::name_mismatch);
  wanted.common_name = policy::CommonName::always;
  EXPECT_EQ(reason_of({leaf}, wanted, store), Reason::none);
}

// RFC 7672 3.2.3 lets the common name count where DANE-TA is asked for mail; PKIX asks by
// RFC 9525, which never does.
TEST(Pkix, CommonNameDoesNotCountForMailEither_Rfc9525s2) {
  auto recipe = support::leaf("CA", {});
  recipe.subject = "mail.example.org";
  const auto leaf = make(recipe), anchor = make(support::ca("CA"));
  const auto store = support::roots({anchor});
  auto wanted = pkix();
  wanted.service = policy::Service::smtp;
  wanted.common_name = policy::CommonName::smtp_dane_ta;
  EXPECT_EQ(reason_of({leaf}, wanted, store), Reason::name_mismatch);
  EXPECT_EQ(judge({leaf, anchor}, support::mail({record(2, 0, 1, anchor)})).reason,
            Reason::none);
}

TEST(Pkix, ItsOwnDepthLimitIsForPathsToTheStoreAlone) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto wanted = pkix();
  wanted.max_intermediates_pkix = 0;
  EXPECT_EQ(reason_of(good.sent(), wanted, store), Reason::path_too_long);
  wanted.max_intermediates_pkix = 1;
  EXPECT_EQ(reason_of(good.sent(), wanted, store), Reason::none);
  wanted.max_intermediates = 0;
  EXPECT_EQ(reason_of(good.sent(), wanted, store), Reason::path_too_long);
  auto by_record = dane({record(2, 0, 1, good.root)});
  by_record.max_intermediates_pkix = 0;
  EXPECT_EQ(judge(good.sent(), by_record).reason, Reason::none);
}

TEST(Pkix, AServersCertificateInTheStoreIsNoCa_Rfc5280s6_1_4k) {
  for (const auto& ca : {std::optional<bool>(), std::optional(false)}) {
    auto recipe = support::ca("Root");
    recipe.ca = ca;
    const auto anchor = make(recipe);
    const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
    const auto store = support::roots({anchor});
    EXPECT_EQ(reason_of({leaf}, pkix(), store), Reason::not_a_ca);
    EXPECT_EQ(reason_of({leaf}, dane({record(0, 0, 1, anchor)}), store),
              Reason::not_a_ca);
    EXPECT_EQ(judge({leaf, anchor}, dane({record(2, 0, 1, anchor)})).reason,
              Reason::not_a_ca);
  }
}

TEST(Pkix, SelfSignedLeafInTheStoreKeepsTheRulesOfALeaf) {
  support::Recipe recipe;
  recipe.dns = {"mail.example.org"};
  recipe.raw = {{"1.2.3.4.5", base::Bytes{std::byte{5}, std::byte{0}}, true}};
  const auto odd = make(recipe);
  EXPECT_EQ(reason_of({odd}, pkix(), support::roots({odd})), Reason::constraint);
  recipe.raw.clear();
  recipe.purposes = {support::kClientPurpose};
  const auto client = make(recipe);
  EXPECT_EQ(reason_of({client}, pkix(), support::roots({client})), Reason::key_purpose);
}

TEST(Pkix, SelfSignedLeafOnlyIfTheStoreHoldsIt) {
  support::Recipe recipe;
  recipe.dns = {"mail.example.org"};
  const auto leaf = make(recipe);
  const auto store = support::roots({leaf});
  const auto verdict = judge({leaf}, pkix(), &store);
  EXPECT_EQ(verdict.outcome, Outcome::pkix);
  EXPECT_EQ(verdict.depth, 0U);
  recipe.until = kNow + 99 * kDay;
  EXPECT_NE(reason_of({make(recipe)}, pkix(), store), Reason::none);
  recipe.until = kNow - kDay;
  const auto expired = make(recipe);
  EXPECT_EQ(reason_of({expired}, pkix(), support::roots({expired})), Reason::expired);
}

TEST(Pkix, LeafInTheStoreThatIsNotSelfSignedIsNoAnchor) {
  const GoodChain good;
  EXPECT_EQ(reason_of({good.leaf}, pkix(), support::roots({good.leaf})), Reason::no_path);
}

TEST(PkixEe, NeedsTheMatchThePathAndTheName_Rfc6698s2_1_1) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  const auto tlsa = record(1, 1, 1, good.leaf);
  EXPECT_EQ(reason_of(good.sent(), dane({tlsa}), store), Reason::none);
  EXPECT_EQ(reason_of(good.sent(), dane({record(1, 1, 1, good.middle)}), store),
            Reason::mismatch);
  EXPECT_EQ(reason_of({good.leaf}, dane({tlsa}), store), Reason::no_path);
  EXPECT_EQ(reason_of(good.sent(), dane({tlsa}, "x.example.org"), store),
            Reason::name_mismatch);
}

TEST(PkixTa, RootOrIntermediateOnThePath_Rfc6698s2_1_1) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  for (const int selector : support::kSelectors) {
    for (const int matching : support::kMatchings) {
      const auto root = judge({good.leaf, good.middle},
                              dane({record(0, selector, matching, good.root)}), &store);
      EXPECT_EQ(root.outcome, Outcome::dane) << root.detail;
      EXPECT_EQ(root.depth, 2U);
    }
  }
  EXPECT_EQ(
      reason_of(good.sent(), dane({record(0, 1, 1, good.middle)}, "x.example"), store),
      Reason::name_mismatch);
}

TEST(PkixTa, CaThatIsNotOnThePathIsRejected) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  const auto other = make(support::ca("Other"));
  EXPECT_EQ(
      reason_of({good.leaf, good.middle, other}, dane({record(0, 0, 1, other)}), store),
      Reason::no_path);
  EXPECT_EQ(reason_of(good.sent(), dane({record(0, 0, 1, other)}), store),
            Reason::mismatch);
}

TEST(PkixTa, PathMustReachTheStore_Rfc6698s2_1_1) {
  const GoodChain good;
  const auto store = support::roots({make(support::ca("Unrelated"))});
  EXPECT_EQ(reason_of(good.sent(), dane({record(0, 0, 1, good.middle)}), store),
            Reason::no_path);
}

TEST(PkixTa, LeafIsNoCa) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  EXPECT_EQ(reason_of(good.sent(), dane({record(0, 0, 1, good.leaf)}), store),
            Reason::anchor_is_leaf);
}

TEST(PkixTa, AlternativePathsAreSearchedForTheMatch) {
  const auto r1 = make(support::ca("R1")), r2 = make(support::ca("R2"));
  const auto m1 = make(support::ca("M", "R1")), m2 = make(support::ca("M", "R2"));
  const auto leaf = make(support::leaf("M", {"mail.example.org"}));
  const auto store = support::roots({r1, r2});
  for (const auto& anchor : {r1, r2, m1, m2}) {
    EXPECT_EQ(reason_of({leaf, m1, m2}, dane({record(0, 0, 1, anchor)}), store),
              Reason::none);
  }
}

TEST(Pkix, ALeafThatIsItsOwnAnchorNeedsAStrongKey) {
  support::Recipe recipe;
  recipe.dns = {"mail.example.org"};
  for (const auto& [kind, reason] :
       {std::pair{support::Key::Kind::rsa1024, Reason::weak_algorithm},
        {support::Key::Kind::rsa2048, Reason::none},
        {support::Key::Kind::p256, Reason::none}}) {
    recipe.key = {"own", kind};
    recipe.signer = recipe.key;
    const auto der = make(recipe);
    EXPECT_EQ(reason_of({der}, pkix(), support::roots({der})), reason);
  }
}

}  // namespace
}  // namespace verify

#include "verify/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using policy::Proof;
using policy::WhenUnusable;
using support::dane;
using support::GoodChain;
using support::judge;
using support::kDay;
using support::kNow;
using support::mail;
using support::make;
using support::record;
using testing::HasSubstr;

TEST(Check, NothingRequiredIsUnauthenticated) {
  policy::Requirement none;
  none.proof = Proof::nothing;
  for (const Certificates& chain :
       {Certificates{}, Certificates{base::Bytes(3)}, GoodChain().sent()}) {
    const auto verdict = judge(chain, none);
    EXPECT_EQ(verdict.outcome, Outcome::unauthenticated);
    EXPECT_EQ(verdict.reason, Reason::none);
  }
}

TEST(Check, EachUsageSelectorAndMatchingTypeProves_Rfc6698s6) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  for (const int usage : support::kUsages) {
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        const auto& target = usage % 2 == 1 ? good.leaf : good.middle;
        const auto verdict =
            judge(good.sent(), dane({record(usage, selector, matching, target)}), &store);
        EXPECT_EQ(verdict.outcome, Outcome::dane)
            << usage << selector << matching << verdict.detail;
        EXPECT_EQ(verdict.depth, usage % 2 == 1 ? 0U : 1U);
        EXPECT_EQ(verdict.record, 0U);
      }
    }
  }
}

TEST(Check, MismatchIsRejected_Rfc6698s4_1) {
  const GoodChain good;
  const auto verdict = judge(good.sent(), mail({{3, 1, 1, base::Bytes(32)}}));
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
  EXPECT_EQ(verdict.reason, Reason::mismatch);
  EXPECT_FALSE(accepted(verdict.outcome));
}

TEST(Check, NoUsableRecordForMailIsEncryptedOnly_Rfc7672s2_2) {
  const GoodChain good;
  const auto verdict =
      judge(good.sent(), mail({record(1, 1, 1, good.leaf), record(0, 0, 1, good.root)}));
  EXPECT_EQ(verdict.outcome, Outcome::unauthenticated);
  EXPECT_FALSE(verdict.warnings.empty());
  EXPECT_EQ(verdict.notes[0].state, RecordState::unusable);
}

TEST(Check, NoUsableRecordIsRefusedOrJudgedByPkix_Rfc7673s3_4) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto wanted = dane({{3, 1, 1, base::Bytes(31)}});
  EXPECT_EQ(judge(good.sent(), wanted, &store).reason, Reason::no_usable_record);
  wanted.when_unusable = WhenUnusable::pkix;
  EXPECT_EQ(judge(good.sent(), wanted, &store).outcome, Outcome::pkix);
  EXPECT_EQ(judge(good.sent(), wanted).reason, Reason::no_trust_store);
  wanted.names = {support::name("x.example")};
  EXPECT_EQ(judge(good.sent(), wanted, &store).reason, Reason::name_mismatch);
}

TEST(Check, NoRecordAtAllProvesNothing) {
  auto wanted = mail({});
  for (const auto then :
       {WhenUnusable::refuse, WhenUnusable::pkix, WhenUnusable::encrypt}) {
    wanted.when_unusable = then;
    EXPECT_EQ(judge(GoodChain().sent(), wanted).outcome, Outcome::rejected);
  }
}

TEST(Check, UsableMismatchIsNeverSoftenedByUnusableRecords_Rfc7672s2_2) {
  const GoodChain good;
  const auto verdict =
      judge(good.sent(), mail({record(1, 1, 1, good.leaf), {3, 1, 1, base::Bytes(32)}}));
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
}

TEST(Check, DaneAndPkixNeedBoth) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  const auto other = support::roots({make(support::ca("Other"))});
  auto wanted = dane({record(3, 1, 1, good.leaf)});
  wanted.proof = Proof::dane_and_pkix;
  EXPECT_EQ(judge(good.sent(), wanted, &store).outcome, Outcome::dane_and_pkix);
  EXPECT_EQ(judge(good.sent(), wanted, &other).reason, Reason::no_path);
  EXPECT_EQ(judge(good.sent(), wanted).reason, Reason::no_trust_store);
  wanted.records = {{3, 1, 1, base::Bytes(32)}};
  EXPECT_EQ(judge(good.sent(), wanted, &store).reason, Reason::mismatch);
  wanted.records = {{3, 1, 1, base::Bytes(31)}};
  for (const auto then :
       {WhenUnusable::refuse, WhenUnusable::pkix, WhenUnusable::encrypt}) {
    wanted.when_unusable = then;
    EXPECT_EQ(judge(good.sent(), wanted, &store).outcome, Outcome::rejected);
  }
}

// What is refused in the end carries nothing of the half that was proved.
TEST(Check, DaneAndPkixRefusedByTheStoreNameNoRecord) {
  const GoodChain good;
  const auto other = support::roots({make(support::ca("Other"))});
  auto wanted = dane({record(2, 1, 1, good.middle)});
  wanted.proof = Proof::dane_and_pkix;
  const auto verdict = judge(good.sent(), wanted, &other);
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
  EXPECT_FALSE(verdict.record.has_value());
  EXPECT_EQ(verdict.matched_name, "");
  EXPECT_EQ(verdict.notes[0].state, RecordState::matched);
}

TEST(Check, UnusableRecordsJudgedByPkixKeepTheirNotes_Rfc7673s3_4) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto wanted = dane({{3, 1, 1, base::Bytes(31)}, {3, 1, 9, base::Bytes(32)}});
  wanted.when_unusable = WhenUnusable::pkix;
  const auto verdict = judge(good.sent(), wanted, &store);
  EXPECT_EQ(verdict.outcome, Outcome::pkix);
  EXPECT_EQ(verdict.matched_name, "mail.example.org");
  EXPECT_EQ(verdict.depth, 2U);
  ASSERT_EQ(verdict.notes.size(), 2U);
  EXPECT_EQ(verdict.notes[0].state, RecordState::unusable);
  EXPECT_EQ(verdict.notes[1].detail, "unassigned matching type 9");
}

TEST(Check, RecordsThatNobodyAskedAreUntried) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto wanted = dane({record(3, 1, 1, good.leaf)});
  for (const auto proof : {Proof::nothing, Proof::pkix}) {
    wanted.proof = proof;
    const auto verdict = judge(good.sent(), wanted, &store);
    ASSERT_EQ(verdict.notes.size(), 1U);
    EXPECT_EQ(verdict.notes[0].state, RecordState::untried);
  }
}

TEST(Check, ThatSomethingWasNotLookedAtIsWarnedOf) {
  const GoodChain good;
  const auto wanted = dane({record(3, 1, 1, good.leaf)});
  const auto warnings = [&](const Budget& budget) {
    return check(good.sent(), wanted, {kNow, nullptr, budget}).warnings;
  };
  EXPECT_THAT(warnings({}), testing::IsEmpty());
  EXPECT_THAT(warnings({.certificates = 2}),
              testing::ElementsAre("the chain is longer than is looked at"));
  EXPECT_THAT(warnings({.names = 0}),
              testing::ElementsAre("not all presented names were compared"));
}

TEST(Check, CommonNameForMailDaneTaOnly_Rfc7672s3_2_3) {
  const GoodChain good;
  auto recipe = support::leaf("Middle", {});
  recipe.subject = "mail.example.org";
  const Certificates chain{make(recipe), good.middle};
  auto wanted = mail({record(2, 0, 1, good.middle)});
  EXPECT_EQ(judge(chain, wanted).outcome, Outcome::dane);
  wanted.service = policy::Service::other;
  EXPECT_EQ(judge(chain, wanted).reason, Reason::name_mismatch);
  wanted.common_name = policy::CommonName::always;
  EXPECT_EQ(judge(chain, wanted).outcome, Outcome::dane);
  wanted.service = policy::Service::smtp;
  wanted.common_name = policy::CommonName::never;
  EXPECT_EQ(judge(chain, wanted).reason, Reason::name_mismatch);
}

TEST(Check, NameConstraintsHoldForTheCommonName_Rfc5280s4_2_1_10) {
  auto constrained = support::ca("CA");
  constrained.permitted_dns = {"example.net"};
  auto recipe = support::leaf("CA", {});
  recipe.subject = "mail.example.org";
  const auto anchor = make(constrained);
  const auto verdict = judge({make(recipe), anchor}, mail({record(2, 0, 1, anchor)}));
  EXPECT_EQ(verdict.reason, Reason::constraint);
  recipe.subject = "mail.example.net";
  recipe.key.name = "leaf";
  EXPECT_EQ(
      judge({make(recipe), anchor}, mail({record(2, 0, 1, anchor)}, "mail.example.net"))
          .outcome,
      Outcome::dane);
}

TEST(Check, AnyReferenceNameWillDo_Rfc7672s3_2_2) {
  const GoodChain good;
  auto wanted = mail({record(2, 1, 1, good.middle)}, "mx.example.net");
  EXPECT_EQ(judge(good.sent(), wanted).reason, Reason::name_mismatch);
  wanted.names.push_back(support::name("mail.example.org"));
  EXPECT_EQ(judge(good.sent(), wanted).outcome, Outcome::dane);
}

TEST(Check, GreatestReasonIsTold) {
  const GoodChain good;
  const auto stranger = make(support::ca("Stranger"));
  auto chain = good.sent();
  chain.push_back(stranger);
  const auto verdict = judge(chain, dane({record(2, 0, 1, stranger),
                                          record(2, 1, 1, good.root),
                                          {3, 1, 1, base::Bytes(32)}},
                                         "x.example.org"));
  EXPECT_EQ(verdict.reason, Reason::name_mismatch);
  EXPECT_THAT(verdict.detail, HasSubstr("expected x.example.org"));
  EXPECT_EQ(verdict.notes[0].reason, Reason::no_path);
  EXPECT_EQ(verdict.notes[2].reason, Reason::mismatch);
}

TEST(Check, RecordsAfterTheMatchAreUntried) {
  const GoodChain good;
  const auto verdict =
      judge(good.sent(), dane({record(2, 1, 1, good.middle), record(3, 1, 1, good.leaf),
                               record(3, 1, 1, good.leaf)}));
  EXPECT_EQ(verdict.record, 1U);
  EXPECT_EQ(verdict.notes[0].state, RecordState::untried);
  EXPECT_EQ(verdict.notes[2].state, RecordState::untried);
  EXPECT_THAT(verdict.detail, HasSubstr("TLSA 3 1 1 "));
  EXPECT_THAT(verdict.detail, HasSubstr("matches the leaf's key"));
}

// A 3 1 1 and a 2 1 1 of one issuer, where somebody did not know which it is to be.
TEST(Check, RecordsWithOneDigestAreEachJudgedByTheirUsage_Rfc6698s2_1_1) {
  const GoodChain good;
  const auto verdict = judge(
      good.sent(), dane({record(3, 1, 1, good.middle), record(2, 1, 1, good.middle)}));
  EXPECT_EQ(verdict.outcome, Outcome::dane);
  EXPECT_EQ(verdict.record, 1U);
  EXPECT_EQ(verdict.notes[0].state, RecordState::unmatched);
}

TEST(Check, ValidityEndsAreIncluded_Rfc5280s4_1_2_5) {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  recipe.from = recipe.until = kNow;
  const GoodChain good;
  const Certificates chain{make(recipe), good.middle};
  const auto wanted = dane({record(2, 0, 1, good.middle)});
  const auto at = [&](std::chrono::seconds shift) {
    return check(chain, wanted, {kNow + shift, nullptr, {}}).reason;
  };
  EXPECT_EQ(at(std::chrono::seconds{0}), Reason::none);
  EXPECT_EQ(at(std::chrono::seconds{1}), Reason::expired);
  EXPECT_EQ(at(std::chrono::seconds{-1}), Reason::not_yet_valid);
}

TEST(Verdict, WordsAreStable) {
  EXPECT_EQ(to_text(Outcome::dane_and_pkix), "dane+pkix");
  EXPECT_EQ(to_text(Reason::none), "ok");
  EXPECT_EQ(to_text(Reason::not_a_ca), "not-a-ca");
  EXPECT_EQ(to_text(RecordState::superseded), "superseded");
  EXPECT_EQ(Verdict{}.outcome, Outcome::rejected);
}

TEST(Check, WhatIsExpectedIsToldWithWhatIsPresented) {
  const GoodChain good;
  auto wanted = dane({record(2, 1, 1, good.middle)}, "a.example");
  wanted.names.push_back(support::name("b.example"));
  EXPECT_EQ(judge(good.sent(), wanted).detail,
            "certificate names mail.example.org; expected a.example or b.example");
  wanted.names.clear();
  EXPECT_EQ(judge(good.sent(), wanted).detail,
            "certificate names mail.example.org; expected a name, but none is known");
  const auto nameless = make(support::leaf("Middle", {}));
  auto subjectless = support::leaf("Middle", {});
  subjectless.subject = "";
  subjectless.key.name = "leaf";
  EXPECT_EQ(judge({make(subjectless), good.middle}, dane({record(2, 1, 1, good.middle)}))
                .detail,
            "certificate names nothing; expected mail.example.org");
  auto always = dane({record(2, 1, 1, good.middle)});
  always.common_name = policy::CommonName::smtp_dane_ta;
  EXPECT_EQ(judge({nameless, good.middle}, always).reason, Reason::name_mismatch);
}

TEST(Check, PkixWithoutACertificateIsRefused) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  const Context context{support::kNow, &store, {}};
  EXPECT_EQ(
      check(RawPublicKey{support::spki_of({"raw"})}, support::pkix(), context).reason,
      Reason::no_certificate);
  EXPECT_EQ(check(Certificates{}, support::pkix(), context).reason,
            Reason::no_certificate);
  EXPECT_EQ(check(Certificates{base::Bytes(4)}, support::pkix(), context).reason,
            Reason::bad_certificate);
}

TEST(Check, AChainThatIsTooLongIsToldAsThat) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  auto chain = good.sent();
  std::swap(chain[1], chain[2]);
  const Context context{support::kNow, &store, {.certificates = 2}};
  EXPECT_EQ(check(chain, support::pkix(), context).reason, Reason::chain_too_long);
  for (const int usage : {0, 2}) {
    const auto wanted = dane({record(usage, 1, 1, good.middle)});
    EXPECT_EQ(check(chain, wanted, context).reason, Reason::chain_too_long) << usage;
  }
}

TEST(Check, ExtensionsThatAreBrokenEndAPath_Rfc5280s6_1_4) {
  const GoodChain good;
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  recipe.raw = {{"2.5.29.37", {std::byte{0x30}, std::byte{0}}, false}};
  const auto leaf = make(recipe);
  EXPECT_EQ(judge({leaf, good.middle}, dane({record(2, 1, 1, good.middle)})).reason,
            Reason::constraint);
}

}  // namespace
}  // namespace verify

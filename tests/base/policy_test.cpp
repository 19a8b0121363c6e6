#include "src/base/policy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <functional>

#include "tests/support/names.h"

namespace policy {
namespace {

using Names = std::vector<ReferenceName>;

constexpr std::array kAllLevels = {Level::none,         Level::may,       Level::encrypt,
                                   Level::dane,         Level::dane_only, Level::pkix,
                                   Level::dane_and_pkix};
constexpr std::array kAllStates = {
    TlsaState::not_asked, TlsaState::insecure_service, TlsaState::insecure_address,
    TlsaState::insecure,  TlsaState::absent,           TlsaState::present};
constexpr std::array kAllFallbacks = {WithoutTlsa::refuse, WithoutTlsa::pkix,
                                      WithoutTlsa::encrypt, WithoutTlsa::opportunistic,
                                      WithoutTlsa::plain};

using support::name;

DnsFacts facts_of(TlsaState state) {
  DnsFacts facts;
  facts.state = state;
  facts.names = {name("mail.example")};
  if (state == TlsaState::present) {
    facts.owner = name("_25._tcp.mail.example");
    facts.records = {dns::Tlsa{3, 1, 1, base::Bytes(32)}};
  }
  return facts;
}

Demand demand_of(Level level, WithoutTlsa without) {
  Demand demand;
  demand.level = level;
  demand.without_tlsa = without;
  return demand;
}

std::string_view word(Proof proof) {
  switch (proof) {
    case Proof::nothing:
      return "nothing";
    case Proof::dane:
      return "dane";
    case Proof::pkix:
      return "pkix";
    case Proof::dane_and_pkix:
      return "both";
  }
  return "?";
}

/// A decision in words: what is proved, and whether clear text is left as a choice.
std::string decided(Level level, TlsaState state, WithoutTlsa without) {
  const auto out = decide(facts_of(state), demand_of(level, without));
  if (!out) return std::string(base::to_text(out.error().code));
  const std::string_view tls = out->tls == Tls::optional ? " optional"
                               : out->tls == Tls::never  ? " never"
                                                         : "";
  return std::string(word(out->proof)) + std::string(tls);
}

struct Row {
  Level level;
  std::string_view refuse;         ///< without records, and no fallback
  std::string_view pkix;           ///< without records, and a trust store
  std::string_view opportunistic;  ///< without records, and RFC 7672's way
  std::string_view present;        ///< with records, whatever the fallback
};

constexpr std::array<Row, 7> kTable = {{
    {Level::none, "nothing never", "nothing never", "nothing never", "nothing never"},
    {Level::may, "nothing optional", "nothing optional", "nothing optional",
     "nothing optional"},
    {Level::encrypt, "nothing", "nothing", "nothing", "nothing"},
    {Level::dane, "no-tlsa", "pkix", "nothing optional", "dane"},
    {Level::dane_only, "no-tlsa", "no-tlsa", "no-tlsa", "dane"},
    {Level::pkix, "pkix", "pkix", "pkix", "pkix"},
    {Level::dane_and_pkix, "no-tlsa", "no-tlsa", "no-tlsa", "both"},
}};

class Decide : public testing::TestWithParam<Row> {};

TEST_P(Decide, ForEveryStateAndFallback_Rfc7672s2_2) {
  const Row& row = GetParam();
  for (const TlsaState state : kAllStates) {
    const bool present = state == TlsaState::present;
    SCOPED_TRACE(to_text(state));
    EXPECT_EQ(decided(row.level, state, WithoutTlsa::refuse),
              present ? row.present : row.refuse);
    EXPECT_EQ(decided(row.level, state, WithoutTlsa::pkix),
              present ? row.present : row.pkix);
    EXPECT_EQ(decided(row.level, state, WithoutTlsa::opportunistic),
              present ? row.present : row.opportunistic);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Decide, testing::ValuesIn(kTable), [](const auto& test) {
  std::string out(to_text(test.param.level));
  for (char& c : out) {
    if (c == '-' || c == '+') c = '_';
  }
  return out;
});

TEST(Policy, EveryLevelHasItsRow) {
  ASSERT_EQ(kTable.size(), kAllLevels.size());
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    EXPECT_EQ(kTable.at(i).level, kAllLevels.at(i));
  }
}

TEST(Policy, WhenNoRecordCanBeUsed_Rfc7672s2_2_Rfc7671s10_3) {
  const auto then = [](Level level, WithoutTlsa without) {
    return decide(facts_of(TlsaState::present), demand_of(level, without))->when_unusable;
  };
  EXPECT_EQ(then(Level::dane, WithoutTlsa::refuse), WhenUnusable::refuse);
  EXPECT_EQ(then(Level::dane, WithoutTlsa::pkix), WhenUnusable::pkix);
  EXPECT_EQ(then(Level::dane, WithoutTlsa::opportunistic), WhenUnusable::encrypt);
  for (const Level level : {Level::dane_only, Level::dane_and_pkix}) {
    for (const WithoutTlsa without : kAllFallbacks) {
      EXPECT_EQ(then(level, without), WhenUnusable::refuse);
    }
  }
}

TEST(Policy, TlsIsNeverOptionalWithRecords_Rfc7672s2_2) {
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    for (const WithoutTlsa without : kAllFallbacks) {
      const auto out = decide(facts_of(TlsaState::present), demand_of(level, without));
      EXPECT_EQ(out->tls, Tls::required);
      EXPECT_NE(out->proof, Proof::nothing);
    }
  }
}

TEST(Policy, TheErrorSaysWhyThereIsNoRecord) {
  const auto detail = [](TlsaState state) {
    auto facts = facts_of(state);
    facts.owner = name("_443._tcp.www.example");
    const auto out = decide(facts, demand_of(Level::dane_only, WithoutTlsa::refuse));
    EXPECT_EQ(out.error().kind, base::ErrorKind::temporary);
    return out.error().detail;
  };
  EXPECT_NE(detail(TlsaState::absent)
                .find("there are no TLSA records at _443._tcp.www.example"),
            std::string::npos);
  EXPECT_NE(detail(TlsaState::insecure).find("not secured by DNSSEC"), std::string::npos);
  EXPECT_NE(detail(TlsaState::insecure_service).find("SRV records that name the host"),
            std::string::npos);
  EXPECT_NE(detail(TlsaState::insecure_address).find("addresses are not secured"),
            std::string::npos);
  EXPECT_NE(detail(TlsaState::not_asked).find("an address has no"), std::string::npos);
}

TEST(Policy, NamesComeFromTheFactsUnlessTheUserGivesThem_Rfc7672s3_2_2) {
  auto demand = demand_of(Level::dane, WithoutTlsa::refuse);
  auto facts = facts_of(TlsaState::present);
  facts.names = {name("base.example"), name("original.example")};
  EXPECT_EQ(decide(facts, demand)->names, facts.names);
  demand.names = {name("mine.example"), *net::parse_address("192.0.2.1")};
  EXPECT_EQ(decide(facts, demand)->names, demand.names);
}

TEST(Policy, ThereMustBeANameToCompare) {
  for (const Level level : kAllLevels) {
    auto facts = facts_of(TlsaState::present);
    facts.names.clear();
    auto demand = demand_of(level, WithoutTlsa::refuse);
    const auto out = decide(facts, demand);
    const bool proves =
        level != Level::none && level != Level::may && level != Level::encrypt;
    ASSERT_EQ(out.has_value(), !proves) << to_text(level);
    if (!out) {
      EXPECT_EQ(out.error().code, base::Code::no_names);
    }
    demand.name_check = NameCheck::skip;
    EXPECT_TRUE(decide(facts, demand)) << to_text(level);
  }
}

TEST(Policy, WhatTheUserSaysIsHandedOn) {
  auto demand = demand_of(Level::dane, WithoutTlsa::refuse);
  demand.service = Service::smtp;
  demand.name_check = NameCheck::skip;
  demand.common_name = CommonName::always;
  demand.max_intermediates = 3;
  demand.max_intermediates_pkix = 1;
  const auto facts = facts_of(TlsaState::present);
  const auto out = decide(facts, demand).value();
  EXPECT_EQ(out.service, Service::smtp);
  EXPECT_EQ(out.name_check, NameCheck::skip);
  EXPECT_EQ(out.common_name, CommonName::always);
  EXPECT_EQ(out.records, facts.records);
  EXPECT_EQ(out.max_intermediates, 3U);
}

TEST(Policy, LimitsOnIntermediatesAreHandedOn) {
  auto demand = demand_of(Level::dane, WithoutTlsa::pkix);
  demand.max_intermediates = 5;
  demand.max_intermediates_pkix = 1;
  const auto requirement = decide(facts_of(TlsaState::present), demand);
  EXPECT_EQ(requirement->max_intermediates, 5U);
  EXPECT_EQ(requirement->max_intermediates_pkix, 1U);
}

TEST(Policy, WordsThereAndBack) {
  for (const Level level : kAllLevels) EXPECT_EQ(level_from_text(to_text(level)), level);
  EXPECT_EQ(to_text(Level::dane_only), "dane-only");
  EXPECT_EQ(to_text(Level::dane_and_pkix), "dane+pkix");
  for (const auto* text : {"", "DANE", "dane_only", "dane ", "x"}) {
    EXPECT_EQ(level_from_text(text), std::nullopt) << text;
  }
  EXPECT_EQ(to_text(TlsaState::insecure_address), "insecure-address");
  EXPECT_EQ(to_text(TlsaState::insecure_service), "insecure-service");
  EXPECT_EQ(to_text(TlsaState::not_asked), "not-asked");
  EXPECT_EQ(to_text(ReferenceName(name("Mail.example"))), "mail.example");
  EXPECT_EQ(to_text(ReferenceName(*net::parse_address("[::1]"))), "::1");
}

TEST(Policy, TheZeroValuesDemandProof) {
  EXPECT_EQ(Demand().level, Level::dane);
  EXPECT_EQ(Demand().without_tlsa, WithoutTlsa::refuse);
  EXPECT_EQ(Requirement().proof, Proof::dane);
  EXPECT_EQ(Requirement().tls, Tls::required);
  EXPECT_EQ(Requirement().when_unusable, WhenUnusable::refuse);
}

template <typename T, std::size_t N>
rc::Gen<T> any_of(const std::array<T, N>& values) {
  return rc::gen::elementOf(std::vector<T>(values.begin(), values.end()));
}

/// How much a decision demands; a refusal demands most.
int strength(const base::Result<Requirement>& out) {
  if (!out) return 4;
  if (out->proof == Proof::dane_and_pkix) return 3;
  if (out->proof != Proof::nothing) return 2;
  return out->tls == Tls::required ? 1 : 0;
}

RC_GTEST_PROP(PolicyLaws, LosingTheRecordsNeverWeakensAMandatoryLevel, ()) {
  const Level level = *rc::gen::element(Level::dane_only, Level::dane_and_pkix,
                                        Level::pkix, Level::encrypt);
  const auto demand = demand_of(level, *any_of(kAllFallbacks));
  const auto state = *any_of(kAllStates);
  RC_ASSERT(strength(decide(facts_of(state), demand)) >=
            strength(decide(facts_of(TlsaState::present), demand)));
}

RC_GTEST_PROP(PolicyLaws, OnlyDaneWithAFallbackEverGoesDown, ()) {
  const auto level = *any_of(kAllLevels);
  const auto without = *any_of(kAllFallbacks);
  const auto state = *any_of(kAllStates);
  const auto with = decide(facts_of(TlsaState::present), demand_of(level, without));
  const auto out = decide(facts_of(state), demand_of(level, without));
  if (strength(out) >= strength(with)) return;
  RC_ASSERT(level == Level::dane);
  RC_ASSERT(without == WithoutTlsa::opportunistic || without == WithoutTlsa::encrypt ||
            without == WithoutTlsa::plain);
}

RC_GTEST_PROP(PolicyLaws, NoRecordsAreInventedOrLost, ()) {
  const auto state = *any_of(kAllStates);
  const auto out =
      decide(facts_of(state), demand_of(*any_of(kAllLevels), *any_of(kAllFallbacks)));
  if (out) RC_ASSERT(out->records == facts_of(state).records);
}

TEST(Policy, WithoutRecordsMailMayBeHeldToTlsOrToNone) {
  for (const TlsaState state : kAllStates) {
    const bool present = state == TlsaState::present;
    EXPECT_EQ(decided(Level::dane, state, WithoutTlsa::encrypt),
              present ? "dane" : "nothing");
    EXPECT_EQ(decided(Level::dane, state, WithoutTlsa::plain),
              present ? "dane" : "nothing never");
  }
}

TEST(Decide, PinsThatCannotBeUsedProveNobody) {
  for (const WithoutTlsa without : kAllFallbacks) {
    Demand demand = demand_of(Level::dane, without);
    demand.pins = facts_of(TlsaState::present).records;
    EXPECT_EQ(decide(facts_of(TlsaState::present), demand)->when_unusable,
              WhenUnusable::refuse);
  }
}

Requirement requirement_of(Proof proof, WhenUnusable when_unusable) {
  Requirement out;
  out.proof = proof;
  out.when_unusable = when_unusable;
  return out;
}

TEST(Policy, ATrustStoreIsWantedWhereverItMayDecide) {
  EXPECT_TRUE(wants_trust_store(requirement_of(Proof::pkix, WhenUnusable::refuse)));
  EXPECT_TRUE(
      wants_trust_store(requirement_of(Proof::dane_and_pkix, WhenUnusable::refuse)));
  EXPECT_TRUE(wants_trust_store(requirement_of(Proof::dane, WhenUnusable::pkix)));
  EXPECT_FALSE(wants_trust_store(requirement_of(Proof::dane, WhenUnusable::encrypt)));
  EXPECT_FALSE(wants_trust_store(requirement_of(Proof::nothing, WhenUnusable::refuse)));
}

// Who may overlook the key usage is a DANE-EE record, and nothing that is less than one.
TEST(Policy, ByDaneEeAloneNothingSoftensTheProof_Rfc7671s5_1) {
  const std::vector<dns::Tlsa> ee = {{3, 1, 1, base::Bytes(32)}};
  const std::vector<dns::Tlsa> ta = {{2, 1, 1, base::Bytes(32)}};
  for (const auto then : {WhenUnusable::encrypt, WhenUnusable::pkix}) {
    const auto out = by_dane_ee_alone(requirement_of(Proof::dane, then), ee);
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->only_dane_ee);
    EXPECT_EQ(out->proof, Proof::dane);
    EXPECT_EQ(out->when_unusable, WhenUnusable::refuse);
    EXPECT_FALSE(by_dane_ee_alone(requirement_of(Proof::dane, then), ta));
  }
}

}  // namespace
}  // namespace policy

#include "src/qmail/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"
#include "tests/qmail/trouble.h"

namespace qmail {
namespace {

using policy::Level;
using policy::NameCheck;
using policy::WithoutTlsa;
using testing::HasSubstr;

base::Result<MailPolicy> by_policy(const std::string& lines,
                                   const std::string& domain = "a.example") {
  Home home;
  home.file("danepolicy", lines);
  return policy_of(home.control(), {domain, "mx." + domain, "here.example"});
}

TEST(Policies, DefaultIsOpportunisticDane_Rfc7672s2_2) {
  const Home home;
  const auto policy =
      policy_of(home.control(), {"a.example", "mx.a.example", ""}).value();
  EXPECT_EQ(policy.level, Level::dane);
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::opportunistic);
  EXPECT_EQ(policy.names, NameCheck::compare);
  EXPECT_FALSE(policy.pinned);
  EXPECT_EQ(policy.source, "");
}

TEST(Policies, Levels) {
  EXPECT_EQ(by_policy("a.example:none")->level, Level::none);
  EXPECT_EQ(by_policy("a.example:may")->level, Level::may);
  EXPECT_EQ(by_policy("a.example:encrypt")->level, Level::encrypt);
  EXPECT_EQ(by_policy("a.example:dane")->level, Level::dane);
  EXPECT_EQ(by_policy("a.example: dane-only ")->level, Level::dane_only);
  EXPECT_EQ(by_policy("a.example:pkix ca=/x")->level, Level::pkix);
  EXPECT_EQ(by_policy("a.example:dane+pkix ca=/x")->level, Level::dane_and_pkix);
}

TEST(Policies, Options) {
  const auto policy =
      by_policy("a.example:pkix  ca=/etc/ca.pem\tmatch=x.example,Y.example");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->trust_store, "/etc/ca.pem");
  ASSERT_EQ(policy->match.size(), 2U);
  EXPECT_EQ(policy->match[1].text(), "y.example");
  EXPECT_EQ(by_policy("a.example:dane ca=/x")->without_tlsa, WithoutTlsa::pkix);
  EXPECT_EQ(by_policy("a.example:dane")->without_tlsa, WithoutTlsa::opportunistic);
}

TEST(Policies, TheMostSpecialEntryCounts) {
  const std::string lines =
      "*:none\n:may\n.example:encrypt\n.b.example:dane-only\na.b.example:dane\n";
  EXPECT_EQ(by_policy(lines, "a.b.example")->level, Level::dane);
  EXPECT_EQ(by_policy(lines, "x.b.example")->level, Level::dane_only);
  EXPECT_EQ(by_policy(lines, "b.example")->level, Level::encrypt);
  EXPECT_EQ(by_policy(lines, "other.test")->level, Level::may);
  EXPECT_EQ(by_policy("*:none", "other.test")->level, Level::none);
  EXPECT_EQ(by_policy("b.example:none", "other.test")->source, "");
}

TEST(Policies, TheLineIsToldOf_Rfc7672s9_1) {
  EXPECT_EQ(by_policy("a.example:none")->source, "danepolicy: a.example:none");
}

TEST(Policies, LinesThatCannotBeUnderstoodAreTrouble) {
  expect_trouble(by_policy("a.example:paranoid"), "unknown level");
  expect_trouble(by_policy("a.example:"), "no level");
  expect_trouble(by_policy("a.example:dane colour=red"), "unknown option");
  expect_trouble(by_policy("a.example:dane ca="), "unknown option");
  expect_trouble(by_policy("a.example:dane ca"), "unknown option");
  expect_trouble(by_policy("a.example:dane match="), "unknown option");
  expect_trouble(by_policy("a.example:dane match=a..b"), "a..b");
  expect_trouble(by_policy("a.example:pkix"), "needs ca=");
  expect_trouble(by_policy("a.example:dane+pkix"), "needs ca=");
  EXPECT_TRUE(by_policy("b.example:paranoid"));
}

TEST(Policies, ALineWithoutAColonIsTroubleForAll) {
  expect_trouble(by_policy("b.example dane-only"), "no colon");
}

TEST(Policies, LevelsAndOptionsAreReadInAnyCase) {
  EXPECT_EQ(by_policy("a.example:Dane-Only")->level, Level::dane_only);
  EXPECT_EQ(by_policy("a.example:ENCRYPT")->level, Level::encrypt);
  EXPECT_EQ(by_policy("a.example:PKIX CA=/Store")->trust_store, "/Store");
}

TEST(Policies, AFinalDotIsNoPartOfADomain) {
  EXPECT_EQ(by_policy("a.example.:dane-only")->level, Level::dane_only);
  EXPECT_EQ(by_policy(".EXAMPLE. : dane-only")->level, Level::dane_only);
}

TEST(Policies, AnAddressIsOneHoweverItIsWritten) {
  for (const char* key :
       {"[2001:db8::1]", "[IPv6:2001:DB8:0::1]", "[ipv6:2001:db8::1]"}) {
    EXPECT_EQ(by_policy(std::string(key) + ":dane-only", "[2001:db8::1]")->level,
              Level::dane_only)
        << key;
  }
  EXPECT_EQ(by_policy("192.0.2.1:dane-only", "[192.0.2.1]")->level, Level::dane_only);
  EXPECT_EQ(by_policy("[::ffff:192.0.2.1]:dane-only", "[192.0.2.1]")->level,
            Level::dane_only);
}

TEST(Policies, ALineThatCanMatchNothingIsTroubleForAll) {
  for (const char* key :
       {"*.example.org", "example.*", "..example.org", "exa mple.org", "a@example.org",
        "-example.org", "=example.org", "example..org", "[192.0.2.300]", ".", "**",
        "https"
        "\x01"}) {
    const auto policy = by_policy("\n" + std::string(key) + ": dane-only\n", "b.example");
    expect_trouble(policy, "danepolicy, line 2");
    EXPECT_THAT(policy.error().detail, HasSubstr("can match no domain")) << key;
  }
}

TEST(Policies, TwoLinesThatSayDifferentThingsOfOneDomainAreTrouble) {
  const auto policy = by_policy("a.example:may\nA.example.:dane-only\n", "b.example");
  expect_trouble(policy, "line 1 says something else");
  EXPECT_TRUE(by_policy("a.example:may\na.example: may\n"));
}

TEST(Policies, ALineForTheMailHostIsToldToHaveNoEffect) {
  const auto policy = by_policy("mx.a.example:dane-only\n").value();
  EXPECT_EQ(policy.level, Level::dane);
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::opportunistic);
  EXPECT_THAT(policy.idle, HasSubstr("control/danepolicy, line 1 (mx.a.example) has no "
                                     "effect on mail for a.example"));
  EXPECT_EQ(by_policy("a.example:may\nmx.a.example:dane-only\n")->idle, "");
  EXPECT_EQ(by_policy("*:may\n.example:may\n")->idle, "");
  Home home;
  home.file("danepolicy", "a.example:dane-only");
  EXPECT_EQ(policy_of(home.control(), {"a.example", "a.example", ""})->idle, "");
}

TEST(Policies, TheScopeIsThatOfTheFile) {
  EXPECT_EQ(by_policy("b.example:none")->scope, Scope::default_policy);
  EXPECT_EQ(by_policy("a.example:pkix ca=/x")->scope, Scope::domain);
  EXPECT_EQ(by_policy("*:pkix ca=/x")->scope, Scope::domain);
}

}  // namespace
}  // namespace qmail

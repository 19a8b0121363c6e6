#include "src/qmail/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/bytes.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

using policy::Level;
using policy::NameCheck;
using policy::WithoutTlsa;
using testing::HasSubstr;

template <typename T>
void expect_trouble(const base::Result<T>& result, const std::string& why) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(result.error().code, base::Code::control);
  EXPECT_THAT(result.error().detail, HasSubstr(why));
}

// --- danepolicy

base::Result<MailPolicy> by_policy(const std::string& lines,
                                   const std::string& domain = "a.example") {
  Home home;
  home.file("danepolicy", lines);
  return policy_of(home.control(), domain, "mx." + domain, "here.example");
}

TEST(Policies, DefaultIsOpportunisticDane_Rfc7672s2_2) {
  const Home home;
  const auto policy = policy_of(home.control(), "a.example", "mx.a.example", "").value();
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
  EXPECT_EQ(policy_of(home.control(), "a.example", "a.example", "")->idle, "");
}

// --- tlshosts, notlshosts

base::Result<MailPolicy> by_host(Home& home) {
  return policy_of(home.control(), "a.example", "mx.a.example", "here.example");
}

TEST(TlsHosts, ACertificateFileDemandsIt) {
  Home home;
  home.file("tlshosts/mx.a.example.pem", "").file("tlshosts/exhaustivelist", "");
  const auto policy = by_host(home).value();
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::pkix);
  EXPECT_EQ(policy.trust_store, home.path("tlshosts/mx.a.example.pem"));
  EXPECT_EQ(policy.level, Level::dane);
  EXPECT_EQ(policy.names, NameCheck::compare);
}

TEST(TlsHosts, NoTlsForTheOthersOfAnExhaustiveList) {
  Home home;
  home.file("tlshosts/exhaustivelist", "").file("tlshosts/mx.b.example.pem", "");
  const auto policy = by_host(home).value();
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(policy.level, Level::dane);
}

TEST(TlsHosts, NotThisHost) {
  Home home;
  home.file("notlshosts/mx.a.example", "");
  EXPECT_EQ(by_host(home)->without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(by_host(home)->source, "notlshosts/mx.a.example");
}

TEST(TlsHosts, DanepolicyComesFirst) {
  Home home;
  home.file("notlshosts/mx.a.example", "").file("danepolicy", "a.example:encrypt");
  EXPECT_EQ(by_host(home)->level, Level::encrypt);
}

TEST(TlsHosts, WhatCannotBeLookedForIsTrouble) {
  Home home;
  std::filesystem::create_symlink("tlshosts", home.path("tlshosts"));
  expect_trouble(by_host(home), "tlshosts");
}

// --- tlsdestinations

base::Result<MailPolicy> by_destination(const std::string& lines,
                                        const std::string& domain = "a.example",
                                        const std::string& sender = "here.example") {
  Home home;
  home.file("tlsdestinations", lines);
  return policy_of(home.control(), domain, "mx." + domain, sender);
}

TEST(Destinations, KindsOfKeys) {
  struct Row {
    const char* line;
    WithoutTlsa without;
    NameCheck names;
  };
  const Row rows[] = {
      {"*:", WithoutTlsa::opportunistic, NameCheck::compare},
      {"-:", WithoutTlsa::opportunistic, NameCheck::compare},
      {"*:/ca", WithoutTlsa::pkix, NameCheck::skip},
      {"-*:", WithoutTlsa::encrypt, NameCheck::compare},
      {"-a.example:", WithoutTlsa::encrypt, NameCheck::compare},
      {"-*:/ca", WithoutTlsa::encrypt, NameCheck::compare},
      {"+*:", WithoutTlsa::encrypt, NameCheck::compare},
      {"+*:/ca", WithoutTlsa::pkix, NameCheck::skip},
      {"a.example:", WithoutTlsa::encrypt, NameCheck::compare},
      {"a.example:/ca", WithoutTlsa::pkix, NameCheck::skip},
      {".example:/ca", WithoutTlsa::pkix, NameCheck::skip},
      {"~*:/ca", WithoutTlsa::pkix, NameCheck::compare},
      {"~a.example:/ca", WithoutTlsa::pkix, NameCheck::compare},
      {"=*:/ca", WithoutTlsa::pkix, NameCheck::compare},
      {"=a.example:/ca", WithoutTlsa::pkix, NameCheck::compare},
      {"!a.example:", WithoutTlsa::plain, NameCheck::compare},
      {"!.example:", WithoutTlsa::plain, NameCheck::compare},
      {"a.example:;465", WithoutTlsa::encrypt, NameCheck::compare},
      {"a.example:/ca;465|HIGH|2", WithoutTlsa::pkix, NameCheck::skip},
  };
  for (const Row& row : rows) {
    const auto policy = by_destination(row.line);
    ASSERT_TRUE(policy) << row.line;
    EXPECT_EQ(policy->without_tlsa, row.without) << row.line;
    EXPECT_EQ(policy->level, Level::dane) << row.line;
    EXPECT_EQ(policy->names, row.names) << row.line;
    if (row.without == WithoutTlsa::pkix) {
      EXPECT_EQ(policy->trust_store, "/ca") << row.line;
    }
  }
}

TEST(Destinations, SearchOrder) {
  const std::string digest(64, 'a');
  const std::vector<std::string> order = {"!a.b.example:",
                                          "!.b.example:",
                                          "%a.b.example:=" + digest,
                                          "=a.b.example:/1",
                                          "=.b.example:/2",
                                          "~a.b.example:/3",
                                          "~.example:/4",
                                          "a.b.example:/5",
                                          ".b.example:/6",
                                          ".example:/7",
                                          "-a.b.example:",
                                          "-.example:",
                                          "=*:/8",
                                          "~*:/9",
                                          "+*:/10",
                                          "-*:",
                                          "*:",
                                          "-:"};
  for (std::size_t first = 0; first < order.size(); ++first) {
    std::string lines;
    for (std::size_t i = order.size(); i-- > first;) lines += order[i] + "\n";
    EXPECT_EQ(by_destination(lines, "a.b.example")->source,
              "tlsdestinations: " + order[first]);
  }
}

TEST(Destinations, NoMatchIsTheDefault) {
  EXPECT_EQ(by_destination("b.example:/ca\n")->source, "");
}

TEST(Destinations, ALineWithoutAColonIsPassedOver) {
  const std::string lines = "~a.example\nnonsense\nb.example:/ca\n";
  EXPECT_EQ(by_destination(lines, "b.example")->trust_store, "/ca");
  EXPECT_EQ(by_destination(lines, "a.example")->source, "");
  expect_trouble(by_destination("~a.example\n!*:\n", "b.example"),
                 "tlsdestinations, line 2");
}

TEST(Destinations, Fingerprints) {
  const std::string hex = "0123456789abcdefABCDEF0123456789";
  const auto policy = by_destination("%a.example:=" + hex + hex + "|x");
  ASSERT_TRUE(policy && policy->pinned);
  EXPECT_EQ(policy->level, Level::dane_only);
  EXPECT_EQ(*policy->pinned, (dns::Tlsa{dns::kDaneEe, dns::kCert, dns::kSha256,
                                        base::from_hex(hex + hex).value()}));
  const auto longer = by_destination("%a.example:=" + hex + hex + hex + hex);
  ASSERT_TRUE(longer && longer->pinned);
  EXPECT_EQ(longer->pinned->matching, dns::kSha512);
}

TEST(Destinations, FingerprintsThatProveNothing) {
  for (const std::string& digest :
       {std::string(40, 'a'), std::string(56, 'a'), std::string(63, 'a'),
        std::string(64, 'g'), std::string("")}) {
    expect_trouble(by_destination("%a.example:=" + digest), "fingerprint");
  }
  expect_trouble(by_destination("%a.example:" + std::string(64, 'a')), "fingerprint");
}

TEST(Destinations, ALineThatCanMatchNothingIsTroubleForAll) {
  for (const char* key : {"*.example.org", "~*.example.org", "!*", "%*", "+a.example", "",
                          "!", "=", "~", "%", "+", "=~a.example", "a.example/24"}) {
    const auto policy = by_destination(std::string(key) + ":/ca\n", "b.example");
    expect_trouble(policy, "tlsdestinations, line 1");
    EXPECT_THAT(policy.error().detail, HasSubstr("can match no domain")) << key;
  }
}

TEST(Destinations, AFinalDotIsNoPartOfADomain) {
  EXPECT_EQ(by_destination("~a.Example.:/ca")->trust_store, "/ca");
  EXPECT_EQ(by_destination("=.example.:/ca")->trust_store, "/ca");
}

TEST(Destinations, PortsSayWhereMailGoes) {
  EXPECT_EQ(by_destination("a.example:;465")->port, 465);
  EXPECT_EQ(by_destination("a.example:/ca|HIGH|2;587|here.example")->port, 587);
  EXPECT_EQ(by_destination("a.example:/ca||2")->port, std::nullopt);
  expect_trouble(by_destination("a.example:;0"), "bad port");
  expect_trouble(by_destination("a.example:;smtps"), "bad port");
  expect_trouble(by_destination("a.example:;6209"), "QMTPS");
}

TEST(Destinations, ALineForTheMailHostIsToldToHaveNoEffect) {
  EXPECT_THAT(by_destination("~mx.a.example:/ca")->idle,
              HasSubstr("control/tlsdestinations, line 1 (mx.a.example)"));
  EXPECT_EQ(by_destination("~mx.a.example:/ca\na.example:/ca")->idle, "");
}

TEST(Destinations, TheLineOfOneSenderComesFirst) {
  const std::string lines = "a.example:/all\na.example:/one||2|here.example\n";
  const std::string reversed = "a.example:/one||2|here.example\na.example:/all\n";
  EXPECT_EQ(by_destination(lines)->trust_store, "/one");
  EXPECT_EQ(by_destination(reversed)->trust_store, "/one");
  EXPECT_EQ(by_destination(lines, "a.example", "there.example")->trust_store, "/all");
}

TEST(Destinations, OfOneSender) {
  const std::string line = "!a.example:||2|Here.example\n*:/ca\n";
  EXPECT_EQ(by_destination(line)->without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(by_destination(line, "a.example", "there.example")->without_tlsa,
            WithoutTlsa::pkix);
  EXPECT_EQ(by_destination(line, "a.example", "")->without_tlsa, WithoutTlsa::pkix);
}

}  // namespace
}  // namespace qmail

#include "src/qmail/routes.h"

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
  EXPECT_EQ(result.error().code, "control");
  EXPECT_THAT(result.error().detail, HasSubstr(why));
}

// --- smtproutes

/// `host port` of the relay, `-` for none, `!` for trouble.
std::string relay(const std::string& routes, const std::string& domain) {
  Home home;
  home.file("smtproutes", routes);
  const auto found = relay_of(home.control(), domain);
  if (!found) return "!";
  if (!*found) return "-";
  return (*found)->host + " " + std::to_string((*found)->port);
}

TEST(Relays, NoneWithoutAFile) {
  const Home home;
  EXPECT_EQ(relay_of(home.control(), "a.example").value(), std::nullopt);
  EXPECT_EQ(relay("", "a.example"), "-");
}

TEST(Relays, ExactThenLongestSuffixThenEverything) {
  const std::string routes =
      ":all.example\n.b.example:b\n.a.b.example:ab\nx.a.b.example:x\n";
  EXPECT_EQ(relay(routes, "x.a.b.example"), "x 25");
  EXPECT_EQ(relay(routes, "y.a.b.example"), "ab 25");
  EXPECT_EQ(relay(routes, "z.b.example"), "b 25");
  EXPECT_EQ(relay(routes, "b.example"), "all.example 25");
  EXPECT_EQ(relay(routes, "other.example"), "all.example 25");
}

TEST(Relays, TheFirstLineCounts) {
  EXPECT_EQ(relay("a.example:one\na.example:two\n", "a.example"), "one 25");
}

TEST(Relays, CapitalsDoNotMatter) {
  EXPECT_EQ(relay("A.Example:one\n", "a.eXample"), "one 25");
  EXPECT_EQ(relay(".EXAMPLE:one\n", "a.example"), "one 25");
}

TEST(Relays, ULabelsInTheFile) {
  EXPECT_EQ(relay("b\xc3\xbc"
                  "cher.example:one\n",
                  "xn--bcher-kva.example"),
            "one 25");
  EXPECT_EQ(relay(".b\xc3\xbc"
                  "cher.example:one\n",
                  "a.xn--bcher-kva.example"),
            "one 25");
}

TEST(Relays, AnEmptyRelayMeansTheDomainsOwnHosts) {
  EXPECT_EQ(relay("a.example:\n:all.example\n", "a.example"), "-");
  EXPECT_EQ(relay("a.example::2525\n", "a.example"), " 2525");
}

TEST(Relays, Ports) {
  EXPECT_EQ(relay(":one:587\n", "a.example"), "one 587");
  EXPECT_EQ(relay(":one;465\n", "a.example"), "one 465");
  EXPECT_EQ(relay(":[192.0.2.1]:26\n", "a.example"), "192.0.2.1 26");
  EXPECT_EQ(relay(":[2001:db8::1]\n", "a.example"), "2001:db8::1 25");
  EXPECT_EQ(relay(":[2001:db8::1];465\n", "a.example"), "2001:db8::1 465");
  EXPECT_EQ(relay(":192.0.2.1:65535\n", "a.example"), "192.0.2.1 65535");
}

TEST(Relays, BadPorts) {
  for (const char* text :
       {":one:0", ":one:65536", ":one:", ":one:x", ":one:25x", ":one:-1", ":one: 25",
        ":[192.0.2.1]x25", ":[192.0.2.1]25", ":[192.0.2.1", ":2001:db8::1"}) {
    EXPECT_EQ(relay(text, "a.example"), "!") << text;
  }
}

TEST(Relays, AUserAndAPasswordCannotBeHonoured) {
  Home home;
  home.file("smtproutes", ":one:25|user|secret\nb.example:two\n");
  const auto trouble = relay_of(home.control(), "a.example");
  expect_trouble(trouble, "not supported");
  EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos)
      << "what is said goes into logs and bounces";
  EXPECT_TRUE(relay_of(home.control(), "b.example"));
}

TEST(Relays, WhatIsNoLineIsPassedOver) {
  EXPECT_EQ(relay("nonsense\n# c\n\na.example:one\n", "a.example"), "one 25");
}

TEST(Relays, AFileThatCannotBeReadIsTrouble) {
  Home home;
  home.file("smtproutes/x", "");
  expect_trouble(relay_of(home.control(), "a.example"), "smtproutes");
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
  expect_trouble(by_policy("a.example:Dane"), "unknown level");
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

TEST(Destinations, ALineWithoutAColonIsTroubleForAll) {
  Home home;
  home.file("tlsdestinations", "~a.example\nb.example:/ca\n");
  expect_trouble(policy_of(home.control(), "b.example", "mx.example", ""), "colon");
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

TEST(Destinations, OfOneSender) {
  const std::string line = "!a.example:||2|Here.example\n*:/ca\n";
  EXPECT_EQ(by_destination(line)->without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(by_destination(line, "a.example", "there.example")->without_tlsa,
            WithoutTlsa::pkix);
  EXPECT_EQ(by_destination(line, "a.example", "")->without_tlsa, WithoutTlsa::pkix);
}

// --- who we are

base::Result<Identity> identity(Home& home, const std::string& sender = "here.example") {
  return identity_of(home.control(), sender);
}

TEST(Identities, NameOfHelohostElseMe) {
  Home home;
  expect_trouble(identity(home), "neither control/helohost nor control/me");
  home.file("me", "me.example\n");
  EXPECT_EQ(identity(home)->helo, "me.example");
  EXPECT_FALSE(identity(home)->source);
  home.file("helohost", "helo.example\n");
  EXPECT_EQ(identity(home)->helo, "helo.example");
}

TEST(Identities, SourceAddress) {
  Home home;
  home.file("me", "me.example").file("outgoingip", "192.0.2.1\n");
  EXPECT_EQ(identity(home)->source, net::parse_address("192.0.2.1"));
  home.file("domainbindings", "here.example:192.0.2.2\n");
  EXPECT_EQ(identity(home)->source, net::parse_address("192.0.2.2"));
  EXPECT_EQ(identity(home, "there.example")->source, net::parse_address("192.0.2.1"));
  home.file("domainips", "Here.example:2001:db8::3|helo.here.example\n*:192.0.2.4\n");
  EXPECT_EQ(identity(home)->source, net::parse_address("2001:db8::3"));
  EXPECT_EQ(identity(home)->helo, "helo.here.example");
  EXPECT_EQ(identity(home, "there.example")->source, net::parse_address("192.0.2.4"));
  EXPECT_EQ(identity(home, "there.example")->helo, "me.example");
}

TEST(Identities, AnInterfaceBehindTheAddressIsPassedOver) {
  Home home;
  home.file("me", "me.example").file("domainips", "*:192.0.2.1%eth0|helo.example\n");
  EXPECT_EQ(identity(home)->source, net::parse_address("192.0.2.1"));
  EXPECT_EQ(identity(home)->helo, "helo.example");
}

TEST(Identities, WhatIsNoAddressIsTrouble) {
  Home home;
  home.file("me", "me.example").file("outgoingip", "here\n");
  expect_trouble(identity(home), "not an address");
}

TEST(Certificates, OfTheSendersDomain) {
  Home home;
  EXPECT_FALSE(certificate_of(home.control(), "here.example").value());
  home.file("clientcert.pem", "");
  auto own = certificate_of(home.control(), "here.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, home.path("clientcert.pem"));
  EXPECT_EQ(own->key_file, "");
  home.file("domaincerts", "here.example:/c|/k|secret\n*:/all\n");
  own = certificate_of(home.control(), "HERE.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, "/c");
  EXPECT_EQ(own->key_file, "/k");
  EXPECT_EQ(own->password, "secret");
  own = certificate_of(home.control(), "there.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, "/all");
  EXPECT_EQ(own->password, "");
}

}  // namespace
}  // namespace qmail

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/bytes.h"
#include "src/qmail/policies.h"
#include "tests/qmail/home.h"
#include "tests/qmail/trouble.h"

namespace qmail {
namespace {

using policy::Level;
using policy::NameCheck;
using policy::WithoutTlsa;
using testing::HasSubstr;

base::Result<MailPolicy> by_destination(const std::string& lines,
                                        const std::string& domain = "a.example",
                                        const std::string& sender = "here.example") {
  Home home;
  home.file("tlsdestinations", lines);
  return policy_of(home.control(), {domain, "mx." + domain, sender});
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

TEST(Destinations, TheyVouchForAHost) {
  for (const char* line : {"a.example:/x", "+*:/x", "*:", "-*:", "!a.example:"}) {
    EXPECT_EQ(by_destination(line)->scope, Scope::host) << line;
  }
  const std::string pin(64, 'a');
  EXPECT_EQ(by_destination("%a.example:=" + pin)->scope, Scope::host);
  EXPECT_EQ(by_destination("b.example:/x")->scope, Scope::default_policy);
}

}  // namespace
}  // namespace qmail

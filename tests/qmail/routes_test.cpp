#include "src/qmail/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/bytes.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

using testing::HasSubstr;

template <typename T>
void expect_trouble(const base::Result<T>& result, const std::string& why) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(result.error().code, base::Code::control);
  EXPECT_THAT(result.error().detail, HasSubstr(why));
}

// --- smtproutes

/// `host port` of the relay, `-` for none, `!` for trouble.
std::string relay(const std::string& routes, const std::string& domain,
                  const std::string& sender = "me@here.example") {
  Home home;
  home.file("smtproutes", routes);
  const auto found = relay_of(home.control(), domain, sender);
  if (!found) return "!";
  if (!*found) return "-";
  return (*found)->host + " " + std::to_string((*found)->port.value_or(25));
}

TEST(Relays, NoneWithoutAFile) {
  const Home home;
  EXPECT_EQ(relay_of(home.control(), "a.example", "me@here.example").value(),
            std::nullopt);
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

TEST(Relays, OfTwoLinesForADomainTheLastHolds) {
  EXPECT_EQ(relay("a.example:one\na.example:two\n", "a.example"), "two 25");
  EXPECT_EQ(relay("a.example:one\nA.Example.:\n", "a.example"), "-");
  EXPECT_EQ(relay(":one\na.example:two\n:three\n", "b.example"), "three 25");
  EXPECT_EQ(relay("a.example:one\n.example:two\n", "a.example"), "one 25");
  EXPECT_EQ(relay("!@:one\n!@:two\n", "a.example", ""), "two 25");
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
  const auto trouble = relay_of(home.control(), "a.example", "me@here.example");
  expect_trouble(trouble, "not supported");
  EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos)
      << "what is said goes into logs and bounces";
  EXPECT_TRUE(relay_of(home.control(), "b.example", "me@here.example"));
}

TEST(Relays, AUserAndAPasswordBehindBlanksAreNoPartOfAName) {
  Home home;
  home.file("smtproutes", ":one.example user secret\nb.example:two:587 user secret\n");
  for (const char* domain : {"a.example", "b.example"}) {
    const auto trouble = relay_of(home.control(), domain, "me@here.example");
    expect_trouble(trouble, "not supported");
    EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos);
  }
}

TEST(Relays, WhatIsNoRelayIsNotTold) {
  for (const char* text : {":secret@relay.example", ":relay.example/secret",
                           ":relay.example,secret", ":[secret]:25"}) {
    Home home;
    home.file("smtproutes", text);
    const auto trouble = relay_of(home.control(), "a.example", "me@here.example");
    expect_trouble(trouble, "smtproutes, line 1");
    EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos);
  }
}

TEST(Relays, AFinalDotIsNoPartOfADomain) {
  EXPECT_EQ(relay("a.example.:one\n", "a.example"), "one 25");
  EXPECT_EQ(relay(".example.:one\n", "a.example"), "one 25");
}

TEST(Relays, AnAddressIsOneHoweverItIsWritten) {
  EXPECT_EQ(relay("[IPv6:2001:db8::1]:[IPv6:2001:db8::2]:26\n", "[2001:db8::1]"),
            "2001:db8::2 26");
  EXPECT_EQ(relay("192.0.2.1:one\n", "[192.0.2.1]"), "one 25");
}

TEST(Relays, BouncesHaveAnEntryOfTheirOwn) {
  const std::string routes = "!@:bounces.example\na.example:one\n";
  EXPECT_EQ(relay(routes, "a.example", ""), "bounces.example 25");
  EXPECT_EQ(relay(routes, "a.example"), "one 25");
  EXPECT_EQ(relay("!@:\na.example:one\n", "a.example", ""), "one 25");
  EXPECT_EQ(relay("a.example:one\n", "a.example", ""), "one 25");
}

TEST(Relays, WhatIsNoLineIsPassedOver) {
  EXPECT_EQ(relay("nonsense\n# c\n\na.example:one\n", "a.example"), "one 25");
}

TEST(Relays, AFileThatCannotBeReadIsTrouble) {
  Home home;
  home.file("smtproutes/x", "");
  expect_trouble(relay_of(home.control(), "a.example", "me@here.example"), "smtproutes");
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

TEST(Identities, OfASuffixOfTheSendersDomain) {
  Home home;
  home.file("me", "me.example").file("domainips", ".example:192.0.2.1\n*:192.0.2.2\n");
  EXPECT_EQ(identity(home)->source, net::parse_address("192.0.2.1"));
  EXPECT_EQ(identity(home, "there.test")->source, net::parse_address("192.0.2.2"));
}

TEST(Identities, OfTwoLinesForADomainTheLastHolds) {
  for (const char* file : {"domainips", "domainbindings"}) {
    Home home;
    home.file("me", "me.example");
    home.file(file, "here.example:192.0.2.1|one\nhere.example:192.0.2.2|two\n");
    EXPECT_EQ(identity(home)->source, net::parse_address("192.0.2.2")) << file;
    EXPECT_EQ(identity(home)->helo, "two") << file;
  }
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

TEST(Certificates, OfTwoLinesForADomainTheLastHolds) {
  Home home;
  home.file("domaincerts", "here.example:/old|/k\nhere.example:/new|/k\n");
  EXPECT_EQ(certificate_of(home.control(), "here.example").value()->certificate_file,
            "/new");
}

}  // namespace
}  // namespace qmail

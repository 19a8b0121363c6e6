#include "src/qmail/smtp_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"
#include "tests/qmail/trouble.h"

namespace qmail {
namespace {

/// `host port` of the relay, `-` for none, `!` for trouble.
std::string relay(const std::string& routes, const std::string& domain,
                  const std::string& sender = "me@here.example") {
  Home home;
  home.file("smtproutes", routes);
  const auto found = smtp_route(home.control(), domain, sender);
  if (!found) return "!";
  if (!*found) return "-";
  return (*found)->host + " " + std::to_string((*found)->port.value_or(25));
}

TEST(Relays, NoneWithoutAFile) {
  const Home home;
  EXPECT_EQ(smtp_route(home.control(), "a.example", "me@here.example").value(),
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
  const auto trouble = smtp_route(home.control(), "a.example", "me@here.example");
  expect_trouble(trouble, "not supported");
  EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos)
      << "what is said goes into logs and bounces";
  EXPECT_TRUE(smtp_route(home.control(), "b.example", "me@here.example"));
}

TEST(Relays, AUserAndAPasswordBehindBlanksAreNoPartOfAName) {
  Home home;
  home.file("smtproutes", ":one.example user secret\nb.example:two:587 user secret\n");
  for (const char* domain : {"a.example", "b.example"}) {
    const auto trouble = smtp_route(home.control(), domain, "me@here.example");
    expect_trouble(trouble, "not supported");
    EXPECT_EQ(trouble.error().detail.find("secret"), std::string::npos);
  }
}

TEST(Relays, WhatIsNoRelayIsNotTold) {
  for (const char* text : {":secret@relay.example", ":relay.example/secret",
                           ":relay.example,secret", ":[secret]:25"}) {
    Home home;
    home.file("smtproutes", text);
    const auto trouble = smtp_route(home.control(), "a.example", "me@here.example");
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
  expect_trouble(smtp_route(home.control(), "a.example", "me@here.example"),
                 "smtproutes");
}

}  // namespace
}  // namespace qmail

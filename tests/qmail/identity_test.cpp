#include "src/qmail/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"
#include "tests/qmail/trouble.h"

namespace qmail {
namespace {

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

}  // namespace
}  // namespace qmail

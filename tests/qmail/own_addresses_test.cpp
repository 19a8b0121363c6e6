#include "src/qmail/own_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/bytes.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

/// Whether 192.0.2.7 and 2001:db8::7 are taken for the interfaces' addresses, and then
/// this one for ours.
bool is_mine(Home& home, const char* address) {
  const std::vector<net::Address> interfaces = {*net::parse_address("192.0.2.7"),
                                                *net::parse_address("2001:db8::7")};
  const auto own = OwnAddresses::of(home.control(), interfaces);
  EXPECT_TRUE(own);
  return own->has(*net::parse_address(address));
}

TEST(OwnAddresses, LoopbackUnspecifiedAndInterfaces_Rfc5321s5_1) {
  Home home;
  for (const char* mine :
       {"127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "0.0.0.0", "::", "192.0.2.7",
        "2001:db8::7", "::ffff:127.0.0.1", "::ffff:192.0.2.7", "::ffff:0.0.0.0"}) {
    EXPECT_TRUE(is_mine(home, mine)) << mine;
  }
  for (const char* other : {"192.0.2.8", "2001:db8::8", "128.0.0.1", "126.255.255.255"}) {
    EXPECT_FALSE(is_mine(home, other)) << other;
  }
}

TEST(OwnAddresses, MoreAreNamedByTheUser) {
  Home home;
  home.file("moreipme", "198.51.100.1\n203.0.113.0/255.255.255.0\n2001:db8:1::/48\n");
  EXPECT_TRUE(is_mine(home, "198.51.100.1"));
  EXPECT_TRUE(is_mine(home, "203.0.113.200"));
  EXPECT_TRUE(is_mine(home, "2001:db8:1:2::3"));
  EXPECT_FALSE(is_mine(home, "198.51.100.2"));
  EXPECT_FALSE(is_mine(home, "2001:db8:2::"));
}

TEST(OwnAddresses, TheNarrowerBlockCountsAndNotipmeAmongEquals) {
  Home home;
  home.file("notipme", "127.0.0.0/8\n");
  EXPECT_FALSE(is_mine(home, "127.61.0.1"));
  EXPECT_TRUE(is_mine(home, "192.0.2.7"));
  home.file("notipme", "192.0.0.0/8\n").file("moreipme", "192.0.9.0/24\n");
  EXPECT_TRUE(is_mine(home, "192.0.2.7"));
  EXPECT_TRUE(is_mine(home, "192.0.9.9"));
  home.file("notipme", "192.0.2.7\n192.0.9.9\n");
  EXPECT_FALSE(is_mine(home, "192.0.2.7"));
  EXPECT_FALSE(is_mine(home, "192.0.9.9"));
}

TEST(OwnAddresses, WhatIsNoBlockIsTrouble) {
  for (const char* text : {"localhost", "192.0.2.1/33", "192.0.2.1/255.0.255.0",
                           "2001:db8::/129", "192.0.2.1/", "192.0.2.1/x"}) {
    Home home;
    home.file("notipme", "# tests\n" + std::string(text) + "\n");
    const auto own = OwnAddresses::of(home.control(), {});
    ASSERT_FALSE(own) << text;
    EXPECT_EQ(own.error().code, base::Code::control);
    EXPECT_THAT(own.error().detail, testing::HasSubstr("notipme, line 2"));
  }
}

}  // namespace
}  // namespace qmail

#include "src/server/occupancy.h"

#include <gtest/gtest.h>

namespace server {
namespace {

net::Address at(std::string_view text) { return net::parse_address(text).value(); }

TEST(Occupancy, AnAddressOfIpv4IsAClientOfItsOwn) {
  Occupancy now;
  now.enter(10, at("192.0.2.1"));
  now.enter(11, at("192.0.2.1"));
  now.enter(12, at("192.0.2.2"));
  EXPECT_EQ(now.size(), 3U);
  EXPECT_EQ(now.of(at("192.0.2.1")), 2U);
  EXPECT_EQ(now.of(at("192.0.2.2")), 1U);
  EXPECT_EQ(now.of(at("192.0.2.3")), 0U);
}

TEST(Occupancy, AWholePrefixOfIpv6IsOneClient) {
  Occupancy now;
  now.enter(10, at("2001:db8:0:1::1"));
  now.enter(11, at("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  now.enter(12, at("2001:db8:0:2::1"));
  EXPECT_EQ(now.of(at("2001:db8:0:1::")), 2U);
  EXPECT_EQ(now.of(at("2001:db8:0:2::9")), 1U);
  EXPECT_EQ(now.of(at("2001:db8::1")), 0U);
}

TEST(Occupancy, OneFamilyIsNotTakenForTheOther) {
  Occupancy now;
  now.enter(10, at("0.0.0.0"));
  EXPECT_EQ(now.of(at("::")), 0U);
  EXPECT_EQ(now.of(at("0.0.0.0")), 1U);
}

TEST(Occupancy, AnInterfaceTellsLinkLocalClientsApart_Rfc4007s6) {
  net::Address one = at("fe80::1"), other = one;
  one.scope = 1;
  other.scope = 2;
  Occupancy now;
  now.enter(10, one);
  EXPECT_EQ(now.of(one), 1U);
  EXPECT_EQ(now.of(other), 0U);
}

TEST(Occupancy, WhoLeavesIsCountedNoMore) {
  Occupancy now;
  now.enter(10, at("192.0.2.1"));
  now.enter(11, at("192.0.2.1"));
  EXPECT_TRUE(now.leave(10));
  EXPECT_EQ(now.of(at("192.0.2.1")), 1U);
  EXPECT_TRUE(now.leave(11));
  EXPECT_EQ(now.of(at("192.0.2.1")), 0U);
  EXPECT_EQ(now.size(), 0U);
}

TEST(Occupancy, AProcessThatServesNobodyDoesNotLeave) {
  Occupancy now;
  EXPECT_FALSE(now.leave(10));
  now.enter(10, at("192.0.2.1"));
  EXPECT_FALSE(now.leave(11));
  EXPECT_TRUE(now.leave(10));
  EXPECT_FALSE(now.leave(10));
}

TEST(Occupancy, AClientIsAnAddressOrAPrefix) {
  EXPECT_EQ(client_of(at("192.0.2.1")), at("192.0.2.1"));
  EXPECT_EQ(client_of(at("2001:db8:1:2:3:4:5:6")), at("2001:db8:1:2::"));
}

}  // namespace
}  // namespace server

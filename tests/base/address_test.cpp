#include "src/base/address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace net {
namespace {

using namespace std::string_literals;

std::string back(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_text(*address) : "none";
}

TEST(Address, LiteralsOfBothFamilies) {
  EXPECT_EQ(back("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(back("255.255.255.255"), "255.255.255.255");
  EXPECT_EQ(back("2001:DB8::0001"), "2001:db8::1");
  EXPECT_EQ(back("::"), "::");
  EXPECT_EQ(parse_address("127.0.0.1")->family, Family::v4);
  EXPECT_EQ(parse_address("::1")->family, Family::v6);
  EXPECT_EQ(parse_address("::1")->scope, 0U);
}

TEST(Address, BracketsAreTakenOff) {
  EXPECT_EQ(back("[::1]"), "::1");
  EXPECT_EQ(back("[192.0.2.1]"), "192.0.2.1");
  for (const auto* text : {"[::1", "::1]", "[[::1]]", "[]", "[", "]", "[ ::1]"}) {
    EXPECT_EQ(back(text), "none") << text;
  }
}

TEST(Address, MappedAddressesAreIpv4_Rfc4291s2_5_5_2) {
  EXPECT_EQ(parse_address("::ffff:192.0.2.1"), parse_address("192.0.2.1"));
  EXPECT_EQ(parse_address("[::ffff:c000:201]"), parse_address("192.0.2.1"));
  EXPECT_EQ(parse_address("::192.0.2.1")->family, Family::v6) << "compatible, not mapped";
}

TEST(Address, MappedNamesKeepTheirOctets_Rfc9525s6_4) {
  const auto name = parse_address_name("::ffff:192.0.2.1");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->bytes().size(), 16U);
  EXPECT_EQ(to_text(*name), "::ffff:192.0.2.1");
  EXPECT_NE(name, parse_address_name("192.0.2.1"));
  EXPECT_EQ(name, address_name(name->bytes()));
  EXPECT_EQ(unmapped(*name), parse_address("192.0.2.1"));
  EXPECT_EQ(unmapped(*parse_address("2001:db8::1")), parse_address("2001:db8::1"));
  EXPECT_FALSE(parse_address_name("192.0.2"));
  EXPECT_FALSE(address_name(base::as_bytes("12345"s)));
}

TEST(Address, WhatIsNoLiteralIsNone) {
  for (const auto* text :
       {"", "0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "0x7f.0.0.1",
        "127.1", "2130706433", "1.2.3.4:443", "::1::", "12345::", "fe80::1%lo", "g::1",
        "localhost", "::ffff:256.1.1.1"}) {
    EXPECT_EQ(back(text), "none") << text;
  }
}

TEST(Address, ANulEndsNoLiteral) { EXPECT_EQ(back("127.0.0.1\0.example"s), "none"); }

TEST(Address, BytesInNetworkOrder) {
  const auto v4 = address_from_bytes(base::as_bytes("\xC0\x00\x02\x01"s));
  ASSERT_TRUE(v4);
  EXPECT_EQ(to_text(*v4), "192.0.2.1");
  EXPECT_EQ(v4->bytes().size(), 4U);
  const auto v6 = parse_address("2001:db8::1");
  EXPECT_EQ(v6->bytes().size(), 16U);
  for (const std::size_t size : {0U, 3U, 5U, 15U, 17U, 32U}) {
    EXPECT_FALSE(address_from_bytes(base::as_bytes(std::string(size, 'a')))) << size;
  }
}

TEST(Address, ReverseNames_Rfc1035s3_5_Rfc3596s2_5) {
  EXPECT_EQ(reverse_name(*parse_address("192.0.2.1")), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name(*parse_address("4321:0:1:2:3:4:567:89ab")),
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa");
}

TEST(Address, EndpointsAreEqualWithAddressAndPort) {
  const auto address = *parse_address("192.0.2.1");
  EXPECT_EQ((Endpoint{address, 25}), (Endpoint{address, 25}));
  EXPECT_FALSE((Endpoint{address, 25}) == (Endpoint{address, 26}));
}

RC_GTEST_PROP(AddressLaws, TextThereAndBackIsTheSame,
              (const std::array<std::uint8_t, 16>& octets)) {
  const base::ByteView all = std::as_bytes(std::span(octets));
  for (const std::size_t size : {4U, 16U}) {
    const auto address = address_from_bytes(all.first(size));
    RC_ASSERT(address.has_value());
    RC_ASSERT(parse_address(to_text(*address)) == address);
    RC_ASSERT(parse_address("[" + to_text(*address) + "]") == address);
  }
}

}  // namespace
}  // namespace net

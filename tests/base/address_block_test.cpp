#include "src/base/address_block.h"

#include <gtest/gtest.h>

namespace net {
namespace {

bool holds(const char* block, const char* address) {
  const auto parsed = parse_block(block);
  return parsed && contains(*parsed, *parse_address(address));
}

TEST(AddressBlock, AnAddressIsABlockOfOne) {
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(holds("2001:db8::1", "2001:db8::1"));
  EXPECT_TRUE(holds("::ffff:192.0.2.1", "192.0.2.1"));
}

TEST(AddressBlock, BitsAndMasks) {
  EXPECT_TRUE(holds("127.0.0.0/8", "127.255.0.1"));
  EXPECT_FALSE(holds("127.0.0.0/8", "128.0.0.1"));
  EXPECT_TRUE(holds("192.0.2.128/255.255.255.128", "192.0.2.200"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.1"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::"));
}

TEST(AddressBlock, FamiliesAreTwoWorlds) {
  EXPECT_FALSE(holds("::/0", "192.0.2.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
}

TEST(AddressBlock, WhatIsNoBlock) {
  for (const char* text : {"", "/8", "192.0.2/24", "192.0.2.1/33", "192.0.2.1/-1",
                           "192.0.2.1/8x", "192.0.2.1/255.0.255.0", "::1/255.0.0.0",
                           "2001:db8::/129", "host.example/8", "192.0.2.1 /8"}) {
    EXPECT_FALSE(parse_block(text)) << text;
  }
}

}  // namespace
}  // namespace net

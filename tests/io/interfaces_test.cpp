#include "src/io/interfaces.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace io {
namespace {

net::Address address(std::string_view text) { return *net::parse_address(text); }

TEST(Interfaces, WhatTheKernelSendsToItselfIsLocal) {
  EXPECT_TRUE(is_local(address("127.0.0.1")));
  EXPECT_FALSE(is_local(address("127.0.0.2"))) << "it answers from 127.0.0.1";
  EXPECT_FALSE(is_local(address("192.0.2.1")));
}

TEST(Interfaces, OurOwnAddressesAndTheUnspecifiedOnes) {
  const auto own = own_addresses();
  for (const char* text : {"127.0.0.1", "0.0.0.0", "::"}) {
    EXPECT_NE(std::ranges::find(own, address(text)), own.end()) << text;
  }
  EXPECT_EQ(std::ranges::find(own, address("192.0.2.1")), own.end());
}

TEST(Interfaces, OnlyWhatIsOursIsASource) {
  EXPECT_TRUE(can_bind(address("127.0.0.1")));
  EXPECT_FALSE(can_bind(address("192.0.2.1")));
}

TEST(Interfaces, ThereIsARouteToThisMachine) {
  EXPECT_TRUE(has_route(address("127.0.0.1")));
}

}  // namespace
}  // namespace io

#include "resolver/wire_name.h"

#include <gtest/gtest.h>

namespace resolver {
namespace {

TEST(WireName, ThereAndBack_Rfc1035s3_1) {
  for (const std::string text :
       {"www.example", R"(a\.b.example)", R"(\000\255.example)", "*._tcp.x", ""}) {
    const auto name = dns::Name::from_dns(text.empty() ? "." : text).value();
    const auto wire = wire_form(name);
    ASSERT_TRUE(wire) << text;
    EXPECT_EQ(name_of_wire(*wire), name) << text;
  }
}

TEST(WireName, InLowerCase) {
  EXPECT_EQ(name_of_wire(base::as_bytes(std::string_view("\3WwW\0", 5))),
            dns::Name::from_dns("www").value());
}

TEST(WireName, WhatIsNoName) {
  using namespace std::string_view_literals;
  for (const std::string_view octets :
       {""sv, "\3ww\0"sv, "\3www"sv, "\0\0"sv, "\300\14"sv, "\3www\0x"sv}) {
    EXPECT_FALSE(name_of_wire(base::as_bytes(octets)));
  }
  std::string most;
  for (int i = 0; i < 4; ++i) most += '\77' + std::string(63, 'x');
  EXPECT_FALSE(name_of_wire(base::as_bytes(most + '\0')));
}

}  // namespace
}  // namespace resolver

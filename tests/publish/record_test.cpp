#include "src/publish/record.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace publish {
namespace {

using std::chrono::seconds;

dns::Name owner() { return dns::Name::parse("_25._tcp.mx.example.org").value(); }

Parameters numbers(int usage, int selector, int matching) {
  return {dns::Usage{static_cast<std::uint8_t>(usage)},
          dns::Selector{static_cast<std::uint8_t>(selector)},
          dns::Matching{static_cast<std::uint8_t>(matching)}};
}

TEST(Record, EveryCombinationIsWhatAPeerMatches_Rfc6698s2_1) {
  const auto der = support::make(support::leaf("CA", {"mx.example.org"}));
  const auto source = source_of(der);
  for (const int usage : support::kUsages) {
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        const auto made = make_record(source, numbers(usage, selector, matching));
        ASSERT_TRUE(made);
        EXPECT_EQ(*made, support::record(usage, selector, matching, der));
      }
    }
  }
}

TEST(Record, WhatCannotBeMadeIsRefused) {
  const Source key{std::nullopt, support::spki_of({"key"})};
  EXPECT_TRUE(make_record(key, numbers(3, 1, 1)));
  EXPECT_EQ(make_record(key, numbers(3, 0, 1)).error().code, base::Code::bad_parameters);
  EXPECT_EQ(make_record(key, numbers(4, 1, 1)).error().kind, base::ErrorKind::usage);
  EXPECT_FALSE(make_record(key, numbers(3, 2, 1)));
  EXPECT_FALSE(make_record(key, numbers(3, 1, 3)));
}

TEST(Record, AsAZoneHasIt_Rfc6698s2_2) {
  const dns::Tlsa record{3, 1, 1, {std::byte{0xab}, std::byte{0x01}}};
  EXPECT_EQ(zone_line(owner(), record, ZoneForm::tlsa, {}),
            "_25._tcp.mx.example.org. IN TLSA 3 1 1 ab01");
  EXPECT_EQ(zone_line(owner(), record, ZoneForm::tlsa, seconds(60)),
            "_25._tcp.mx.example.org. 60 IN TLSA 3 1 1 ab01");
}

TEST(Record, FoldedForAScreen_Rfc1035s5_1) {
  const dns::Tlsa sha512{3, 1, 2, base::Bytes(64, std::byte{0xab})};
  std::string expected = "_25._tcp.mx.example.org. 60 IN TLSA ( 3 1 2\n        ";
  for (int i = 0; i < 32; ++i) expected += "ab";
  expected += "\n        ";
  for (int i = 0; i < 32; ++i) expected += "ab";
  EXPECT_EQ(zone_line(owner(), sha512, ZoneForm::folded, seconds(60)), expected + " )");
}

TEST(Record, AsATypeThatNobodyKnows_Rfc3597s5) {
  const dns::Tlsa record{3, 1, 1, {std::byte{0xab}, std::byte{0x01}}};
  EXPECT_EQ(zone_line(owner(), record, ZoneForm::generic, {}),
            "_25._tcp.mx.example.org. IN TYPE52 \\# 5 030101ab01");
}

}  // namespace
}  // namespace publish

#include "verify/der.h"

#include <gtest/gtest.h>

namespace verify::der {
namespace {

base::Bytes hex(std::string_view digits) { return base::from_hex(digits).value(); }

TEST(Der, ReadsOneValueAfterAnother) {
  const auto input =
      hex("020105"
          "0500"
          "3003020107");
  Reader reader(input);
  EXPECT_EQ(reader.next(kInteger)->content.size(), 1U);
  EXPECT_FALSE(reader.next(kSequence).has_value());
  EXPECT_EQ(reader.next()->tag, 5);
  const auto sequence = reader.next(kSequence);
  ASSERT_TRUE(sequence.has_value());
  EXPECT_EQ(sequence->whole.size(), 5U);
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.next().has_value());
}

TEST(Der, RefusesWhatIsNotDer_X690s10) {
  for (const auto* digits :
       {"02", "0201", "020205", "028105", "02810100", "0282000105", "0280050000",
        "0285000000000100", "02ff", "1f0100", "bf8100", "0284ffffffff00"}) {
    const auto input = hex(digits);
    EXPECT_FALSE(Reader(input).next().has_value()) << digits;
  }
}

TEST(Der, LongLengthsInShortestForm) {
  for (const std::size_t size : {0U, 127U, 128U, 255U, 256U, 65535U, 65536U}) {
    const auto der = encode(kOctetString, {base::Bytes(size)});
    const auto read = only(der, kOctetString);
    ASSERT_TRUE(read.has_value()) << size;
    EXPECT_EQ(read->content.size(), size);
  }
}

TEST(Der, OnlyRefusesWhatFollows) {
  EXPECT_TRUE(only(hex("3000"), kSequence).has_value());
  EXPECT_FALSE(only(hex("300000"), kSequence).has_value());
  EXPECT_FALSE(only(hex("3100"), kSequence).has_value());
}

TEST(Der, SmallIntegers) {
  EXPECT_EQ(small_integer(hex("00")), 0U);
  EXPECT_EQ(small_integer(hex("7f")), 127U);
  EXPECT_EQ(small_integer(hex("0080")), 128U);
  EXPECT_EQ(small_integer(hex("7fffffff")), 0x7fffffffU);
  for (const auto* digits : {"", "80", "007f", "ffffffff", "0100000000"}) {
    EXPECT_FALSE(small_integer(hex(digits)).has_value()) << digits;
  }
}

}  // namespace
}  // namespace verify::der

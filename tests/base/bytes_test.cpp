#include "src/base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

using namespace std::string_literals;

constexpr char kMark = 0x3F;  // a question mark, without trigraphs

TEST(Bytes, HexIsLowerCaseAndTwoDigitsAnOctet) {
  EXPECT_EQ(to_hex(as_bytes("\x00\x0f\xa0\xff"s)), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(Bytes, HexIsReadInEitherCaseAndWithBlanksBetween) {
  EXPECT_EQ(from_hex("00 0F\ta0\nfF"), from_hex("000fa0ff"));
  EXPECT_EQ(from_hex("8 d 0 2"), from_hex("8d02"));
  EXPECT_EQ(from_hex(""), Bytes());
}

TEST(Bytes, WhatIsNoHexIsRefused) {
  for (const auto& text :
       {"0"s, "000"s, "0g"s, "0x00"s, "-1"s, "00\v00"s, "00\00000"s, "\xC3\xA9"s}) {
    EXPECT_FALSE(from_hex(text)) << printable(text);
  }
}

RC_GTEST_PROP(Bytes, HexThereAndBackIsTheSame, (const std::string& text)) {
  const auto back = from_hex(to_hex(as_bytes(text)));
  RC_ASSERT(back.has_value());
  RC_ASSERT(as_text(*back) == text);
}

TEST(Bytes, EqualLooksAtLengthAndOctets) {
  EXPECT_TRUE(equal({}, {}));
  EXPECT_TRUE(equal(as_bytes("a\0b"s), as_bytes("a\0b"s)));
  EXPECT_FALSE(equal(as_bytes("a\0b"s), as_bytes("a\0c"s)));
  EXPECT_FALSE(equal(as_bytes("a"), as_bytes("ab")));
}

struct Sequence {
  const char* name;
  std::string octets;
  std::size_t length;
};

class Utf8 : public testing::TestWithParam<Sequence> {};

TEST_P(Utf8, LengthOfTheFirstSequence) {
  EXPECT_EQ(utf8_length(GetParam().octets), GetParam().length);
  EXPECT_EQ(utf8_length(GetParam().octets + "tail"), GetParam().length);
}

INSTANTIATE_TEST_SUITE_P(
    Unicode15Table3_7, Utf8,
    testing::Values(
        Sequence{"Ascii", "a", 1}, Sequence{"Nul", "\0"s, 1},
        Sequence{"TwoLow", "\xC2\xA0", 2}, Sequence{"TwoHigh", "\xDF\xBF", 2},
        Sequence{"C1First", "\xC2\x80", 0}, Sequence{"C1Csi", "\xC2\x9B", 0},
        Sequence{"C1Last", "\xC2\x9F", 0}, Sequence{"OverlongSlash", "\xC0\xAF", 0},
        Sequence{"OverlongC1", "\xC1\xBF", 0}, Sequence{"ThreeLow", "\xE0\xA0\x80", 3},
        Sequence{"OverlongThree", "\xE0\x9F\xBF", 0},
        Sequence{"BeforeSurrogates", "\xED\x9F\xBF", 3},
        Sequence{"Surrogate", "\xED\xA0\x80", 0},
        Sequence{"ThreeHigh", "\xEF\xBF\xBF", 3},
        Sequence{"FourLow", "\xF0\x90\x80\x80", 4},
        Sequence{"OverlongFour", "\xF0\x8F\xBF\xBF", 0},
        Sequence{"FourHigh", "\xF4\x8F\xBF\xBF", 4},
        Sequence{"AboveUnicode", "\xF4\x90\x80\x80", 0},
        Sequence{"LeadF5", "\xF5\x80\x80\x80", 0}, Sequence{"LeadFF", "\xFF", 0},
        Sequence{"Continuation", "\x80", 0}, Sequence{"BrokenTail", "\xE2\x82(", 0}),
    [](const auto& test) { return test.param.name; });

TEST(Utf8Length, CutSequencesAreNone) {
  EXPECT_EQ(utf8_length("\xC3"), 0U);
  EXPECT_EQ(utf8_length("\xE2\x82"), 0U);
  EXPECT_EQ(utf8_length("\xF0\x9F\x98"), 0U);
}

TEST(Printable, TextStaysAsItIs) {
  EXPECT_EQ(printable("mail.example.org: 250 ok"), "mail.example.org: 250 ok");
  EXPECT_EQ(printable("b\xC3\xBC"s + "cher \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "b\xC3\xBC"s + "cher \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, NoOctetReachesTheTerminalAsACommand) {
  EXPECT_EQ(printable("a\nb\r\tc\x1B[2Jd\x7F\0e"s), "a?b??c?[2Jd??e");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "??2J");
  EXPECT_EQ(printable("\xFF\xFE\xC3("), std::string(3, kMark) + "(");
}

TEST(Printable, NothingTurnsTheReadingRound) {
  for (const auto& sequence : {"\xE2\x80\x8E"s, "\xE2\x80\x8F"s, "\xE2\x80\xA8"s,
                               "\xE2\x80\xA9"s, "\xE2\x80\xAA"s, "\xE2\x80\xAE"s,
                               "\xE2\x81\xA6"s, "\xE2\x81\xA9"s, "\xD8\x9C"s}) {
    EXPECT_EQ(printable("a" + sequence + "b"), "a?b") << to_hex(as_bytes(sequence));
  }
}

TEST(Printable, NeighboursOfWhatMisleadsStay) {
  for (const auto& sequence :
       {"\xE2\x80\x8A"s, "\xE2\x80\x90"s, "\xE2\x80\xA7"s, "\xE2\x80\xAF"s,
        "\xE2\x81\x9F"s, "\xE2\x81\xB0"s, "\xE2\x82\x8E"s, "\xE3\x80\x8F"s, "\xD8\x9B"s,
        "\xD8\x9D"s}) {
    EXPECT_EQ(printable("a" + sequence + "b"), "a" + sequence + "b");
  }
}

TEST(Printable, AMarkOfDirectionCountsAsOneOctetOfTheLimit) {
  EXPECT_EQ(printable("ab\xE2\x80\x8F", 3), "ab?");
  EXPECT_EQ(printable("ab\xE2\x80\x8F", 2), "ab...");
}

TEST(Printable, LongTextIsCutAndSaysSo) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
  EXPECT_EQ(printable(std::string(100'000, 'x')).size(), 303U);
  EXPECT_EQ(printable("\n\n\n\n", 2), "??...");
}

TEST(Printable, ACharacterOfManyOctetsDoesNotPassTheLimit) {
  EXPECT_EQ(printable("ab\xC3\xBC", 3), "ab...");
  EXPECT_EQ(printable("ab\xC3\xBC", 4), "ab\xC3\xBC");
}

RC_GTEST_PROP(Printable, IsOneLineOfUtf8, (const std::string& text)) {
  const std::string out = printable(text, 40);
  RC_ASSERT(out.size() <= 43U + 3U);
  for (std::size_t i = 0; i < out.size();) {
    const auto length = utf8_length(std::string_view(out).substr(i));
    RC_ASSERT(length > 0U);
    RC_ASSERT(static_cast<unsigned char>(out[i]) >= 0x20U);
    RC_ASSERT(out[i] != '\x7F');
    i += length;
  }
}

RC_GTEST_PROP(Printable, ASecondTimeChangesNothing, (const std::string& text)) {
  const std::string once = printable(text, 10'000);
  RC_ASSERT(printable(once, 10'000) == once);
}

/// What an octet that is none becomes.
const std::string kReplaced = "\xEF\xBF\xBD";

TEST(ToUtf8, TextStaysAsItIs) {
  for (const auto& text :
       {""s, "mail.example.org"s, "b\xC3\xBC"s + "cher", "\xE2\x82\xAC"s,
        "\xF0\x9F\x98\x80"s, "\xE2\x80\x8F"s, "\xEF\xBB\xBF"s, "a\nb\tc\x1B[2J\x7F"s}) {
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(ToUtf8, NulIsReplacedWhereverItStands) {
  EXPECT_EQ(to_utf8("\0"s), kReplaced);
  EXPECT_EQ(to_utf8("\0a\0b\0"s), kReplaced + "a" + kReplaced + "b" + kReplaced);
}

TEST(ToUtf8, EachOctetThatIsNoneIsReplacedAlone) {
  EXPECT_EQ(to_utf8("\xFF\xFE.example"), kReplaced + kReplaced + ".example");
  EXPECT_EQ(to_utf8("a\xC3(b"), "a" + kReplaced + "(b");
  EXPECT_EQ(to_utf8("\xC0\xAF"), kReplaced + kReplaced);
  EXPECT_EQ(to_utf8("\xED\xA0\x80"), kReplaced + kReplaced + kReplaced);
}

TEST(ToUtf8, ACutSequenceAtTheEndIsReplaced) {
  EXPECT_EQ(to_utf8("a\xE2\x82"), "a" + kReplaced + kReplaced);
  EXPECT_EQ(to_utf8("a\xC3"), "a" + kReplaced);
}

TEST(ToUtf8, NothingIsCut) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(to_utf8(text), text);
}

RC_GTEST_PROP(ToUtf8, IsUtf8WithoutNul, (const std::string& text)) {
  const std::string out = to_utf8(text);
  for (std::size_t i = 0; i < out.size();) {
    const auto length = utf8_length(std::string_view(out).substr(i));
    RC_ASSERT(length > 0U);
    RC_ASSERT(out[i] != '\0');
    i += length;
  }
}

RC_GTEST_PROP(ToUtf8, ASecondTimeChangesNothing, (const std::string& text)) {
  const std::string once = to_utf8(text);
  RC_ASSERT(to_utf8(once) == once);
}

}  // namespace
}  // namespace base

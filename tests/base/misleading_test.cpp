#include "src/base/misleading.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "src/base/bytes.h"

namespace base {
namespace {

std::string utf8(char32_t point) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | (point >> 6U)), tail(0)};
  if (point < 0x10000) {
    return {static_cast<char>(0xE0U | (point >> 12U)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xF0U | (point >> 18U)), tail(12), tail(6), tail(0)};
}

/// Bidi_Control, and the ranges of Default_Ignorable_Code_Point, as Unicode's data files
/// (PropList.txt, DerivedCoreProperties.txt) have them.
constexpr std::pair<char32_t, char32_t> kRanges[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180E}, {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF},
};

TEST(Misleading, WhatUnicodeCallsIgnorableOrBidiControl) {
  for (const auto& [first, last] : kRanges) {
    for (char32_t point = first; point <= last; ++point) {
      EXPECT_TRUE(misleads(utf8(point))) << std::hex << static_cast<unsigned>(point);
      EXPECT_EQ(printable("a" + utf8(point) + "b"), "a?b");
    }
  }
}

TEST(Misleading, ControlsOfTheUpperHalfAndFormatCharacters) {
  for (const char32_t point : {0x80U, 0x9FU, 0x0600U, 0x06DDU, 0x070FU, 0x110BDU}) {
    EXPECT_TRUE(misleads(utf8(point))) << std::hex << static_cast<unsigned>(point);
  }
}

TEST(Misleading, LettersOfTheWorldDoNot) {
  for (const char32_t point : {0xFCU, 0x391U, 0x5D0U, 0x627U, 0x905U, 0x20ACU, 0x4E2DU,
                               0xFFFDU, 0x1F600U, 0x00A0U}) {
    EXPECT_FALSE(misleads(utf8(point))) << std::hex << static_cast<unsigned>(point);
  }
}

}  // namespace
}  // namespace base

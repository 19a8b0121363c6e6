#include "cli/layout.h"

#include <gtest/gtest.h>

#include <string>

namespace cli {
namespace {

TEST(Width, ColoursAndMarksTakeNoneAndWideLettersTwo) {
  EXPECT_EQ(width_of("plain"), 5U);
  EXPECT_EQ(width_of("\x1b[32mgreen\x1b[0m"), 5U);
  EXPECT_EQ(width_of("b\u00fccher"), 6U);
  EXPECT_EQ(width_of("e\u0301"), 1U);
  EXPECT_EQ(width_of("\u6f22"), 2U);
  EXPECT_EQ(width_of("\xff"), 1U);
}

TEST(Cut, EndsInAnEllipsisWhereItIsTooLong) {
  EXPECT_EQ(cut_to("short", 5), "short");
  EXPECT_EQ(cut_to("longer", 5), "long\u2026");
  EXPECT_EQ(cut_to("\u6f22\u6f22\u6f22", 5), "\u6f22\u6f22\u2026");
}

TEST(Padded, CountsColumnsAndNeverCuts) {
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("\u6f22", 4), "\u6f22  ");
  EXPECT_EQ(padded("longer", 4), "longer");
}

TEST(Layout, SentencesAreBrokenBetweenWords) {
  EXPECT_EQ(TextLayout(20).sentence(2, "one two three four five").text(),
            "  one two three four\n  five\n");
  EXPECT_EQ(TextLayout(20).sentence(0, "1. one two three four", 3).text(),
            "1. one two three\n   four\n");
}

TEST(Layout, AWordIsNeverBroken) {
  EXPECT_EQ(TextLayout(10).sentence(0, "a 0123456789abcdef b").text(),
            "a\n0123456789abcdef\nb\n");
}

TEST(Layout, ColoursCountForNothing) {
  EXPECT_EQ(TextLayout(9).sentence(0, "\x1b[32mone two\x1b[0m 3").text(),
            "\x1b[32mone two\x1b[0m 3\n");
}

TEST(Layout, RowsHaveTheirLabelsInOneColumn) {
  TextLayout layout(24);
  layout.row("DNS", "signed").row("Servers", "one two three four").row("", "x");
  EXPECT_EQ(layout.text(),
            "  DNS      signed\n"
            "  Servers  one two three\n"
            "           four\n"
            "           x\n");
}

TEST(Layout, SpacesWithinALineStay) {
  EXPECT_EQ(TextLayout(40).row("A", "192.0.2.1    TLSv1.3").text(),
            "  A        192.0.2.1    TLSv1.3\n");
}

TEST(Layout, WhatIsPastedStaysAsItIs) {
  EXPECT_EQ(TextLayout(10).as_it_is("0123456789 abcdef").text(), "0123456789 abcdef\n");
}

TEST(Layout, OneGapIsEnough) {
  EXPECT_EQ(TextLayout(10).gap().sentence(0, "a").gap().gap().sentence(0, "b").text(),
            "a\n\nb\n");
}

}  // namespace
}  // namespace cli

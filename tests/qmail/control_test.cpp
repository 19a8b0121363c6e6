#include "src/qmail/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"

namespace qmail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename T>
void expect_trouble(const base::Result<T>& result) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(result.error().code, base::Code::control);
}

TEST(Control, LinesWithoutBlanksAndComments) {
  Home home;
  home.file("a", "one\n\n# no\ntwo \t\r\n  three\n \t\nfour # five");
  EXPECT_THAT(home.control().lines("a").value(),
              ElementsAre("one", "two", "  three", "four # five"));
}

TEST(Control, AnIndentedCommentIsNoLine) {
  Home home;
  home.file("a", "  # no\n\t#no\n \t # no\none # two\n");
  EXPECT_THAT(home.control().lines("a").value(), ElementsAre("one # two"));
}

TEST(Control, AByteOrderMarkIsNoPartOfALine_Rfc3629s6) {
  Home home;
  home.file("a", "\xef\xbb\xbfmx.example\n").file("b", "\xef\xbb\xbf# no\n");
  home.file("c", "\xef\xbb\xbf").file("d", "\xef\xbb\xbf\r\none\n");
  EXPECT_EQ(home.control().line("a").value(), "mx.example");
  EXPECT_THAT(home.control().lines("b").value(), IsEmpty());
  EXPECT_THAT(home.control().lines("c").value(), IsEmpty());
  const auto lines = home.control().numbered_lines("d").value();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].number, 2U);
}

TEST(Control, AFileThatIsNotThereIsEmpty) {
  const Home home;
  EXPECT_THAT(home.control().lines("a").value(), IsEmpty());
  EXPECT_EQ(home.control().line("a").value(), std::nullopt);
  EXPECT_EQ(home.control().number("a", 7).value(), 7U);
  EXPECT_FALSE(home.control().exists("a").value());
  EXPECT_FALSE(home.control().exists("a/b").value());
}

TEST(Control, FirstLine) {
  Home home;
  home.file("a", "\n#x\nmx.example  \nother\n").file("empty", "");
  EXPECT_EQ(home.control().line("a").value(), "mx.example");
  EXPECT_EQ(home.control().line("empty").value(), std::nullopt);
}

TEST(Control, Numbers) {
  Home home;
  home.file("n", "60\n").file("word", "soon\n").file("zero", "0").file("empty", "\n");
  EXPECT_EQ(home.control().number("n", 7).value(), 60U);
  EXPECT_EQ(home.control().number("word", 7).value(), 7U);
  EXPECT_EQ(home.control().number("zero", 7).value(), 0U);
  EXPECT_EQ(home.control().number("empty", 7).value(), 7U);
  home.file("n", "99999999999999999999999999\n");
  EXPECT_EQ(home.control().number("n", 7).value(), 7U);
}

TEST(Control, WhatCannotBeReadIsTrouble) {
  Home home;
  home.file("folder/x", "");
  expect_trouble(home.control().lines("folder"));
  expect_trouble(home.control().line("folder"));
  expect_trouble(home.control().number("folder", 1));
  std::filesystem::create_symlink("loop", home.path("loop"));
  expect_trouble(home.control().lines("loop"));
  expect_trouble(home.control().number("loop", 1));
}

TEST(Control, AHugeFileIsTrouble) {
  Home home;
  home.file("a", "");
  std::filesystem::resize_file(home.path("a"), 17UL * 1024 * 1024);
  expect_trouble(home.control().lines("a"));
}

TEST(Control, WhatCannotBeLookedForIsNotMissing) {
  const Home home;
  std::filesystem::create_symlink("loop", home.path("loop"));
  expect_trouble(home.control().exists("loop"));
  expect_trouble(home.control().exists("loop/x"));
}

TEST(Control, FilesAndFoldersExist) {
  Home home;
  home.file("folder/x", "");
  EXPECT_TRUE(home.control().exists("folder").value());
  EXPECT_TRUE(home.control().exists("folder/x").value());
}

}  // namespace
}  // namespace qmail

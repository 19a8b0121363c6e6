#include "src/base/fold.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Fold, CaseAndSpacesDoNotCount_Rfc5280s7_1) {
  EXPECT_EQ(fold("The Good"), "the good");
  EXPECT_EQ(fold("  THE \t gooD "), "the good");
  EXPECT_EQ(fold(""), "");
  EXPECT_EQ(fold(" "), "");
}

TEST(Fold, CharactersOfOneMeaningBecomeOne_Rfc4518s2_3) {
  EXPECT_EQ(fold("G\xc3\x96OD"), "g\xc3\xb6od");
  EXPECT_EQ(fold("Go\xcc\x88od"), "g\xc3\xb6od") << "o and a combining diaeresis";
  EXPECT_EQ(fold("\xef\xbc\xa5vil"), "evil") << "a full-width letter";
  EXPECT_EQ(fold("\xef\xac\x81le"), "file") << "a ligature";
  EXPECT_EQ(fold("Stra\xc3\x9f"
                 "e"),
            "strasse");
}

TEST(Fold, WhatShowsNothingIsLeftOut_Rfc4518s2_2) {
  EXPECT_EQ(fold("Ev\xc2\xadil"), "evil") << "a soft hyphen";
  EXPECT_EQ(fold("Ev\xe2\x80\x8bil"), "evil") << "a space of no width";
  EXPECT_EQ(fold("\xc2\xa0the\xe3\x80\x80good"), "the good") << "wide spaces";
}

TEST(Fold, WhatIsNoUtf8IsNoText) {
  EXPECT_FALSE(fold("G\xf6od"));
  EXPECT_FALSE(fold("\xed\xa0\x80")) << "half of a surrogate pair";
}

}  // namespace
}  // namespace base

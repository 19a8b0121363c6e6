#include "cli/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace cli {
namespace {

TEST(Suggestion, IsTheNearestWord) {
  constexpr std::array<std::string_view, 4> kWords = {"check", "lookup", "make",
                                                      "mismatch"};
  EXPECT_EQ(suggestion("chekc", kWords), "; did you mean check?");
  EXPECT_EQ(suggestion("missmatch", kWords), "; did you mean mismatch?");
  EXPECT_EQ(suggestion("lokup", kWords), "; did you mean lookup?");
  EXPECT_EQ(suggestion("xyzzy", kWords), "");
  EXPECT_EQ(suggestion("mk", kWords), "") << "nothing is near to a word of two letters";
  EXPECT_EQ(suggestion(std::string(100, 'c'), kWords), "");
}

}  // namespace
}  // namespace cli

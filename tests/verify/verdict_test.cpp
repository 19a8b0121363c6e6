#include "verify/verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace verify {
namespace {

// Words are what programs look for: each value has its own, in lower case with hyphens.
template <typename Enum>
void expect_words(Enum last) {
  std::set<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto word = to_text(static_cast<Enum>(i));
    EXPECT_FALSE(word.empty()) << i;
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-+"),
              std::string_view::npos)
        << word;
    EXPECT_TRUE(seen.insert(word).second) << word;
  }
}

TEST(Verdict, EveryValueHasAWordOfItsOwn) {
  expect_words(Outcome::dane_and_pkix);
  expect_words(Reason::name_mismatch);
  expect_words(RecordState::untried);
}

TEST(Verdict, TheWordsArePromised) {
  EXPECT_EQ(to_text(Reason::none), "ok");
  EXPECT_EQ(to_text(Reason::name_mismatch), "name-mismatch");
  EXPECT_EQ(to_text(Outcome::dane_and_pkix), "dane+pkix");
  EXPECT_EQ(to_text(RecordState::superseded), "superseded");
}

TEST(Verdict, TheZeroValueIsTheRefusal) {
  EXPECT_FALSE(accepted(Verdict().outcome));
  EXPECT_NE(Verdict().reason, Reason::none);
}

}  // namespace
}  // namespace verify

#include "src/smtp/address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace smtp {
namespace {

TEST(LocalPart, DotStringsStay_Rfc5321s4_1_2) {
  for (const char* local : {"a", "a.b", "A-b_c+d=e", "#$%&'*/?^`{|}~!",
                            "b\xc3\xbc"
                            "cher",
                            ""}) {
    EXPECT_EQ(quoted_local_part(local), local);
  }
}

TEST(LocalPart, OthersAreQuoted_Rfc5321s4_1_2) {
  EXPECT_EQ(quoted_local_part("two words"), R"("two words")");
  EXPECT_EQ(quoted_local_part("a>b"), R"("a>b")");
  EXPECT_EQ(quoted_local_part("a@b"), R"("a@b")");
  EXPECT_EQ(quoted_local_part(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(quoted_local_part(".a"), R"(".a")");
  EXPECT_EQ(quoted_local_part("a."), R"("a.")");
  EXPECT_EQ(quoted_local_part("a..b"), R"("a..b")");
  EXPECT_EQ(quoted_local_part("a,b"), R"("a,b")");
}

/// Nothing that a command's syntax sees, outside of quotes.
RC_GTEST_PROP(LocalPart, NeverEndsTheBracket, (const std::string& local)) {
  const std::string out = quoted_local_part(local);
  if (!out.starts_with('"')) {
    RC_ASSERT(out == local);
    RC_ASSERT(out.find_first_of("<> \"@\\") == std::string::npos);
    return;
  }
  std::string back;
  for (std::size_t i = 1; i + 1 < out.size(); ++i) {
    if (out[i] == '\\')
      ++i;
    else
      RC_ASSERT(out[i] != '"');
    back += out[i];
  }
  RC_ASSERT(out.ends_with('"'));
  RC_ASSERT(back == local);
}

}  // namespace
}  // namespace smtp

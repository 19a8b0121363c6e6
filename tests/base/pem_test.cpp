#include "src/base/pem.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace base {
namespace {

std::optional<PemBlock> first(std::string_view text) { return take_pem(text); }

TEST(Pem, TakesBlockAfterBlock_Rfc7468s2) {
  const std::string both = "before\n" + to_pem("ONE", as_bytes("abc")) + "between\n" +
                           to_pem("TWO", as_bytes("de"));
  std::string_view rest = both;
  const auto one = take_pem(rest);
  ASSERT_TRUE(one && one->data);
  EXPECT_EQ(one->label, "ONE");
  EXPECT_EQ(as_text(*one->data), "abc");
  const auto two = take_pem(rest);
  ASSERT_TRUE(two && two->data);
  EXPECT_EQ(as_text(*two->data), "de");
  EXPECT_FALSE(take_pem(rest));
}

TEST(Pem, WhatIsBrokenHasNoData) {
  EXPECT_FALSE(first("-----BEGIN A-----\nAAAA\n")->data);
  EXPECT_FALSE(first("-----BEGIN A-----\nAAAA\n-----END B-----\n")->data);
  EXPECT_FALSE(first("-----BEGIN A-----\nA*AA\n-----END A-----\n")->data);
  EXPECT_EQ(first("-----BEGIN A\n")->label, "");
  EXPECT_FALSE(first(""));
}

TEST(Pem, Base64IsStrict_Rfc4648s3) {
  EXPECT_EQ(as_text(from_base64("YWJj\r\n ZA==").value()), "abcd");
  for (const auto* bad : {"A", "AA", "AAA", "A===", "AA=A", "====", "AA==AAAA", "A-_A"}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
}

RC_GTEST_PROP(PemLaws, WhatIsWrittenIsRead, (const std::string& octets)) {
  const auto block = first(to_pem("X", as_bytes(octets)));
  RC_ASSERT(block && block->data);
  RC_ASSERT(as_text(*block->data) == octets);
}

}  // namespace
}  // namespace base

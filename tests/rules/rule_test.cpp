#include "src/rules/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rules {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Rule, APlainAllowSaysNothing) {
  const auto rule = read_rule("10.", "");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->key, "10.");
  EXPECT_FALSE(rule->deny);
  EXPECT_THAT(rule->variables, IsEmpty());
}

TEST(Rule, DenyAndVariables) {
  const auto rule = read_rule("", "D\0+A=1\0+B=\0+A=x=y\0"s);
  ASSERT_TRUE(rule);
  EXPECT_TRUE(rule->deny);
  EXPECT_THAT(rule->variables,
              ElementsAre(Pair("A", "1"), Pair("B", ""), Pair("A", "x=y")));
}

TEST(Rule, WhatTcprulesNeverWritesIsDamage) {
  for (const std::string& data :
       {"D"s, "+A=1"s, "+A=1\0D"s, "d\0"s, "DD\0"s, "E\0"s, "\0"s, "D\0\0"s, "+\0"s,
        "+A\0"s, "+=1\0"s, "A=1\0"s, " D\0"s, "\xC4\0"s}) {
    EXPECT_FALSE(read_rule("", data)) << testing::PrintToString(data);
  }
}

TEST(Rule, HasBounds) {
  std::string data;
  for (std::size_t i = 0; i < kMostVariables; ++i) data += "+A=1\0"s;
  EXPECT_TRUE(read_rule("", data));
  EXPECT_FALSE(read_rule("", data + "+B=1\0"s));
  EXPECT_TRUE(read_rule("", data + "D\0"s));
  const std::string value(kMostData - 4, 'x');
  EXPECT_TRUE(read_rule("", "+A=" + value + '\0'));
  EXPECT_FALSE(read_rule("", "+A=x" + value + '\0'));
}

}  // namespace
}  // namespace rules

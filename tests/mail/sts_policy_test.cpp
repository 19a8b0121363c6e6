#include "src/mail/sts_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/names.h"

namespace mail {
namespace {

using testing::ElementsAre;

const std::string kGood =
    "version: STSv1\r\nmode: enforce\r\nmx: mx.x.example\r\nmx: *.Y.example\r\n"
    "max_age: 604800\r\n";

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), by);
}

using support::name;

TEST(StsPolicy, IsReadLineByLine_Rfc8461s3_2) {
  const auto policy = read_sts_policy(kGood);
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_EQ(policy->mode, StsMode::enforce);
  EXPECT_EQ(policy->max_age, std::chrono::hours(24 * 7));
  EXPECT_THAT(policy->hosts, ElementsAre("mx.x.example", "*.y.example"));
}

TEST(StsPolicy, OrderBlankAndLineEndsAreFree) {
  for (const char* text : {"mode:none\nmax_age:0\nversion:STSv1",
                           "max_age: \t31557600 \nmode: none\n\n"
                           "version:   STSv1\nx-later: a: b\n\n"}) {
    const auto policy = read_sts_policy(text);
    ASSERT_TRUE(policy) << policy.error().detail;
    EXPECT_EQ(policy->mode, StsMode::none);
  }
}

TEST(StsPolicy, TheFirstOfTwoFieldsCounts_Rfc8461s3_2) {
  const auto policy =
      read_sts_policy(kGood + "mode: none\r\nmax_age: nonsense\r\nversion: STSv9\r\n");
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_EQ(policy->mode, StsMode::enforce);
  EXPECT_EQ(policy->max_age, std::chrono::seconds(604'800));
}

TEST(StsPolicy, WhatIsNoneIsAnError_Rfc8461s3_2) {
  for (const std::string& bad : {
           std::string(),
           std::string("<html>"),
           replaced(kGood, "version: STSv1\r\n", ""),
           replaced(kGood, "STSv1", "STSv2"),
           replaced(kGood, "STSv1", "stsv1"),
           replaced(kGood, "mode: enforce\r\n", ""),
           replaced(kGood, "enforce", "Enforce"),
           replaced(kGood, "max_age: 604800\r\n", ""),
           replaced(kGood, "604800", "31557601"),
           replaced(kGood, "604800", "-1"),
           replaced(kGood, "604800", "1.5"),
           replaced(kGood, "604800", "99999999999"),
           replaced(kGood, "604800", ""),
           replaced(kGood, "mx: mx", "mx mx"),
           replaced(kGood, "mx: mx", "mx : mx"),
           replaced(kGood, "mx.x", "m*.x"),
           replaced(kGood, "*.Y", "*.*.Y"),
           replaced(kGood, "*.Y.example", "*"),
           replaced(kGood, "*.Y.example", "192.0.2.1 x"),
           replaced(kGood, "*.Y.example",
                    "b\xC3\xBC"
                    "cher.example"),
           replaced(kGood, "*.Y.example", "mx.example."),
           std::string("version: STSv1\nmode: testing\nmax_age: 1\n"),
       }) {
    const auto policy = read_sts_policy(bad);
    ASSERT_FALSE(policy) << bad;
    EXPECT_EQ(policy.error().code, base::Code::bad_policy);
  }
}

TEST(StsPolicy, AnErrorIsFitToPrint) {
  const auto policy = read_sts_policy("\x1B[2J" + std::string(1000, 'x'));
  ASSERT_FALSE(policy);
  EXPECT_LT(policy.error().detail.size(), 200U);
  EXPECT_EQ(policy.error().detail.find('\x1B'), std::string::npos);
}

TEST(StsPolicy, ThereIsABoundOnHosts) {
  std::string text = kGood;
  for (int i = 0; i < 1000; ++i) text += "mx: a.example\n";
  EXPECT_FALSE(read_sts_policy(text));
}

TEST(StsPolicy, AnAsteriskIsOneLabel_Rfc8461s4_1) {
  EXPECT_TRUE(matches("mx.x.example", name("MX.x.example")));
  EXPECT_FALSE(matches("mx.x.example", name("a.mx.x.example")));
  EXPECT_FALSE(matches("x.example", name("mx.x.example")));
  EXPECT_TRUE(matches("*.x.example", name("mx.x.example")));
  EXPECT_FALSE(matches("*.x.example", name("a.mx.x.example")));
  EXPECT_FALSE(matches("*.x.example", name("x.example")));
  EXPECT_FALSE(matches("*.x.example", name("mxx.example")));
}

}  // namespace
}  // namespace mail

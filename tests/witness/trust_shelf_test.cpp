#include "src/witness/trust_shelf.h"

#include <gtest/gtest.h>

#include "src/base/pem.h"
#include "tests/support/peers.h"

namespace witness {
namespace {

using evidence::Json;

verify::Roots roots_of(const std::string& pem) {
  verify::Roots out;
  EXPECT_TRUE(out.add_pem(pem));
  return out;
}

std::string authority(const std::string& name) {
  return support::pem(support::make(support::ca(name)));
}

TEST(TrustStoreHash, IsThatOfASet) {
  const std::string one = authority("One"), two = authority("Two");
  EXPECT_EQ(hash_of(roots_of(one + two)), hash_of(roots_of(two + one)));
  EXPECT_NE(hash_of(roots_of(one + two)), hash_of(roots_of(one)));
}

class TrustShelfTest : public testing::Test {
 protected:
  static Json about(const evidence::Octets32& hash) {
    return {{"trustStore", base::to_base64(hash)}};
  }
  void SetUp() override {
    stores_.add("one.pem", one_);
    stores_.add("two/", two_);
  }

  const verify::Roots one_ = roots_of(authority("One"));
  const verify::Roots two_ = roots_of(authority("Two"));
  TrustShelf stores_;
};

TEST_F(TrustShelfTest, AreFoundByWhatIsInThem) {
  const auto first = stores_.with(hash_of(one_));
  const auto second = stores_.named_in(about(hash_of(two_)));
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*first)->path, "one.pem");
  EXPECT_EQ((*second)->path, "two/");
  EXPECT_EQ((*second)->roots.certificates(), two_.certificates());
}

TEST_F(TrustShelfTest, NoneIsNamed) {
  const auto none = stores_.named_in(Json::object());
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
}

TEST_F(TrustShelfTest, AnotherOneIsWanted) {
  const auto other = hash_of(roots_of(authority("Three")));
  const auto wanted = stores_.named_in(about(other));
  ASSERT_FALSE(wanted);
  EXPECT_EQ(wanted.error().kind, base::ErrorKind::usage);
  EXPECT_NE(wanted.error().detail.find("another trust store"), std::string::npos);
  const auto alone = TrustShelf().with(other);
  ASSERT_FALSE(alone);
  EXPECT_NE(alone.error().detail.find("--ca FILE or DIRECTORY"), std::string::npos);
}

TEST_F(TrustShelfTest, WhatIsNoHashIsRefused) {
  for (const char* text : {"x", "", "AAAA"}) {
    const auto wanted = stores_.named_in({{"trustStore", text}});
    ASSERT_FALSE(wanted) << text;
    EXPECT_EQ(wanted.error().code, base::Code::bad_evidence);
  }
}

}  // namespace
}  // namespace witness

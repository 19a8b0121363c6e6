#include "src/publish/issuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "verify/certificate.h"

namespace publish {
namespace {

using support::make;
using testing::HasSubstr;

struct Material {
  base::Bytes root = make(support::ca("Root"));
  base::Bytes middle = make(support::ca("Middle", "Root"));
  base::Bytes other = make(support::ca("Other", "Root"));
  base::Bytes leaf = make(support::leaf("Middle", {"mx.example.org"}));
  base::Bytes same_name = make([] {
    auto recipe = support::ca("Middle", "Root");
    recipe.key.name = "another key";
    return recipe;
  }());
};

std::string why(const verify::Certificates& chain) {
  const auto found = find_issuer(chain);
  return found ? ""
               : std::string(base::to_text(found.error().code)) + ": " +
                     found.error().detail;
}

TEST(Issuer, IsFoundByItsSignatureInAnyPlace_Rfc7671s5_2) {
  const Material m;
  EXPECT_EQ(find_issuer({m.leaf, m.middle}).value(), 1U);
  EXPECT_EQ(find_issuer({m.leaf, m.root, m.middle}).value(), 2U);
  EXPECT_EQ(find_issuer({m.leaf, m.leaf, m.middle, m.root}).value(), 2U);
  EXPECT_EQ(find_issuer({m.leaf, m.other, m.same_name, m.middle}).value(), 3U);
}

TEST(Issuer, WhatDidNotSignIsNone) {
  const Material m;
  EXPECT_THAT(why({m.leaf}), HasSubstr("no-issuer"));
  EXPECT_THAT(why({m.leaf, m.leaf}), HasSubstr("the first one again"));
  EXPECT_THAT(why({m.leaf, m.other}), HasSubstr("certificate 2 is not named"));
  EXPECT_THAT(why({m.leaf, m.same_name}), HasSubstr("not the key that signed it"));
  EXPECT_THAT(why({m.root}), HasSubstr("no-issuer"));
}

TEST(Issuer, ACertificateThatMayNotSignIsNone_Rfc5280s4_2_1_9) {
  auto recipe = support::ca("Middle", "Root");
  recipe.ca = false;
  const Material m;
  EXPECT_THAT(why({m.leaf, make(recipe)}), HasSubstr("may not sign"));
  EXPECT_FALSE(may_issue(m.leaf));
  EXPECT_TRUE(may_issue(m.middle));
}

TEST(Issuer, ALeafIsFirst_Rfc8446s4_4_2) {
  const Material m;
  EXPECT_THAT(why({m.middle, m.leaf}), HasSubstr("leaf-not-first"));
  EXPECT_THAT(why({m.root, m.middle, m.leaf}), HasSubstr("leaf-not-first"));
  EXPECT_FALSE(check_leaf_first({m.middle, m.leaf}));
  EXPECT_TRUE(check_leaf_first({m.leaf, m.middle}));
  EXPECT_TRUE(check_leaf_first({m.root, m.root}));
}

TEST(Issuer, DatesAreNotItsMatter) {
  auto recipe = support::leaf("Middle", {"mx.example.org"});
  recipe.until = support::kNow - support::kDay;
  const Material m;
  EXPECT_EQ(find_issuer({make(recipe), m.middle}).value(), 1U);
}

TEST(Issuer, APeersRefusalIsTold_Rfc7672s3_1_2) {
  const Material m;
  const auto certificate = verify::parse_certificate(m.middle).value();
  const dns::Tlsa record{2, 1, 0, {certificate.spki.begin(), certificate.spki.end()}};
  const auto mx = dns::Name::parse("mx.example.org").value();
  const auto other = dns::Name::parse("other.example.org").value();
  EXPECT_EQ(why_refused({m.leaf, m.middle}, record, mx, support::kNow), std::nullopt);
  EXPECT_TRUE(why_refused({m.leaf, m.middle}, record, other, support::kNow));
  EXPECT_TRUE(
      why_refused({m.leaf, m.middle}, record, mx, support::kNow + 100 * support::kDay));
}

}  // namespace
}  // namespace publish

#include "cli/pins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cli {
namespace {

using policy::Level;
using ::testing::HasSubstr;

/// What is said of a record of this usage beside a level; empty if nothing.
std::string said(dns::Usage usage, Level level,
                 policy::WithoutTlsa without = policy::WithoutTlsa::refuse) {
  policy::Demand demand;
  demand.level = level;
  demand.without_tlsa = without;
  demand.pins = {dns::Tlsa{dns::kDaneEe, dns::kSpki, dns::kSha256, base::Bytes(32)},
                 dns::Tlsa{usage, dns::kSpki, dns::kSha256, base::Bytes(32)}};
  const auto good = check_pins(demand);
  if (!good) {
    EXPECT_EQ(good.error().kind, base::ErrorKind::usage);
  }
  return good ? "" : good.error().detail;
}

TEST(Pins, AreForLevelsThatLookAtRecords) {
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    EXPECT_EQ(said(dns::kDaneTa, level), "");
  }
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    EXPECT_THAT(said(dns::kDaneTa, level), HasSubstr("--record is not looked at with"));
  }
}

TEST(Pins, OfPkixNeedATrustStore) {
  for (const dns::Usage usage : {dns::kPkixTa, dns::kPkixEe}) {
    EXPECT_THAT(said(usage, Level::dane), HasSubstr("needs a trust store: --ca"));
    EXPECT_EQ(said(usage, Level::dane, policy::WithoutTlsa::pkix), "");
  }
}

TEST(Pins, ThatAreNoneAreFineAtEveryLevel) {
  policy::Demand demand;
  demand.level = Level::encrypt;
  EXPECT_TRUE(check_pins(demand));
}

}  // namespace
}  // namespace cli

#include "verify/tlsa_usable.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using policy::Service;
using support::record;

bool usable(const dns::Tlsa& tlsa, Service service = Service::other,
            TrustStore store = TrustStore::named) {
  return !unusable(tlsa, service, store).has_value();
}

dns::Tlsa digest(std::uint8_t matching, std::size_t size) {
  return {3, 1, matching, base::Bytes(size)};
}

TEST(TlsaUsable, EveryAssignedCombination_Rfc6698s6) {
  const support::GoodChain good;
  for (const int usage : support::kUsages) {
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        EXPECT_TRUE(usable(record(usage, selector, matching, good.leaf)));
      }
    }
  }
}

TEST(TlsaUsable, UnassignedNumbers_Rfc6698s4_1) {
  for (const std::uint8_t number :
       {std::uint8_t{4}, std::uint8_t{128}, std::uint8_t{255}}) {
    EXPECT_FALSE(usable({number, 1, 1, base::Bytes(32)}));
    EXPECT_FALSE(usable({3, number, 1, base::Bytes(32)}));
    EXPECT_FALSE(usable({3, 1, number, base::Bytes(32)}));
  }
  EXPECT_FALSE(usable({3, 2, 1, base::Bytes(32)}));
  EXPECT_FALSE(usable({3, 1, 3, base::Bytes(48)}));
}

TEST(TlsaUsable, ShortRdata_Rfc6698s4_1) {
  for (std::size_t size = 0; size < 4; ++size) {
    EXPECT_FALSE(usable(dns::tlsa_from_wire(base::Bytes(size, std::byte{1}))));
  }
}

TEST(TlsaUsable, DigestsOfTheWrongLength_Rfc6698s4_1) {
  for (const std::size_t size : {1U, 20U, 31U, 33U, 64U})
    EXPECT_FALSE(usable(digest(1, size)));
  for (const std::size_t size : {1U, 32U, 63U, 65U})
    EXPECT_FALSE(usable(digest(2, size)));
  EXPECT_TRUE(usable(digest(1, 32)));
  EXPECT_TRUE(usable(digest(2, 64)));
}

TEST(TlsaUsable, FullDataIsOneCompleteThing_Rfc6698s4_1) {
  const support::GoodChain good;
  for (const int selector : support::kSelectors) {
    auto longer = record(3, selector, 0, good.leaf);
    longer.data.push_back(std::byte{0});
    EXPECT_FALSE(usable(longer));
    auto shorter = record(3, selector, 0, good.leaf);
    shorter.data.pop_back();
    EXPECT_FALSE(usable(shorter));
    auto crossed = record(3, selector, 0, good.leaf);
    crossed.selector = selector == 0 ? dns::kSpki : dns::kCert;
    EXPECT_FALSE(usable(crossed));
  }
}

TEST(TlsaUsable, PkixUsagesAreNotForMail_Rfc7672s3_1_3) {
  const support::GoodChain good;
  for (const int usage : {0, 1}) {
    EXPECT_FALSE(usable(record(usage, 1, 1, good.leaf), Service::smtp));
    EXPECT_FALSE(
        usable(record(usage, 1, 1, good.leaf), Service::other, TrustStore::none));
  }
  for (const int usage : {2, 3}) {
    EXPECT_TRUE(usable(record(usage, 1, 1, good.leaf), Service::smtp, TrustStore::none));
  }
}

}  // namespace
}  // namespace verify

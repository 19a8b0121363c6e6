#include "verify/digest_agility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::dane;
using support::judge;
using support::record;
using testing::ElementsAre;

TEST(DigestAgility, StrongestDigestAndEveryFullRecord_Rfc7671s9) {
  const std::vector<dns::Tlsa> records{
      {3, 1, 1, {}}, {3, 1, 2, {}}, {3, 1, 0, {}}, {3, 1, 1, {}}, {3, 1, 2, {}}};
  const std::size_t all[] = {0, 1, 2, 3, 4};
  EXPECT_THAT(strongest_digests(records, all), ElementsAre(1, 2, 4));
}

TEST(DigestAgility, UnusableRecordsDoNotCount_Rfc7671s9) {
  const std::vector<dns::Tlsa> records{{3, 1, 1, {}}, {3, 1, 2, {}}};
  const std::size_t first[] = {0};
  EXPECT_THAT(strongest_digests(records, first), ElementsAre(0));
}

TEST(DigestAgility, NotAcrossUsagesOrSelectors_Rfc7671s9) {
  const std::vector<dns::Tlsa> records{
      {3, 1, 1, {}}, {3, 0, 2, {}}, {2, 1, 2, {}}, {2, 0, 1, {}}};
  const std::size_t all[] = {0, 1, 2, 3};
  EXPECT_THAT(strongest_digests(records, all), ElementsAre(0, 1, 2, 3));
}

TEST(DigestAgility, WeakDigestThatMatchesIsSuperseded_Rfc7671s9) {
  const support::GoodChain good;
  const auto other = support::make(support::leaf("Middle", {"other.example.org"}));
  auto wrong = record(3, 0, 2, other);
  const auto verdict = judge(good.sent(), dane({record(3, 0, 1, good.leaf), wrong}));
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
  EXPECT_EQ(verdict.notes[0].state, RecordState::superseded);
  EXPECT_EQ(verdict.notes[1].state, RecordState::unmatched);
}

TEST(DigestAgility, MalformedStrongDigestSupersedesNothing_Rfc6698s4_1) {
  const support::GoodChain good;
  const dns::Tlsa broken{3, 1, 2, base::Bytes(63)};
  const auto verdict = judge(good.sent(), dane({broken, record(3, 1, 1, good.leaf)}));
  EXPECT_EQ(verdict.outcome, Outcome::dane);
  EXPECT_EQ(verdict.record, 1U);
}

}  // namespace
}  // namespace verify

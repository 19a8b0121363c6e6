// The budget is one for a whole judgement.
#include "verify/purse.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::dane;
using support::GoodChain;
using support::kNow;
using support::record;

TEST(Purse, PaysWhatIsThereAndNothingMore) {
  Purse purse({.signatures = 3, .steps = 2});
  EXPECT_TRUE(purse.spend_signatures(2));
  EXPECT_FALSE(purse.spend_signatures(2));
  EXPECT_EQ(purse.signatures(), 2U);
  EXPECT_TRUE(purse.spend_signatures(1));
  EXPECT_FALSE(purse.spend_signatures(1));
  EXPECT_TRUE(purse.spend_signatures(0));
  EXPECT_TRUE(purse.spend_step());
  EXPECT_TRUE(purse.spend_step());
  EXPECT_FALSE(purse.spend_step());
  EXPECT_EQ(purse.signatures(), 3U);
  EXPECT_EQ(purse.steps(), 2U);
}

TEST(Purse, OfNothingPaysNothing) {
  Purse purse({.signatures = 0, .steps = 0});
  EXPECT_FALSE(purse.spend_step());
  EXPECT_FALSE(purse.spend_signatures(1));
  EXPECT_EQ(purse.steps(), 0U);
}

struct Both {
  GoodChain good;
  Roots store = support::roots({good.root});
  policy::Requirement wanted = dane({record(2, 0, 1, good.root)});
  Both() { wanted.proof = policy::Proof::dane_and_pkix; }
  [[nodiscard]] Verdict judge(const Budget& budget) const {
    return check(good.sent(), wanted, {kNow, &store, budget});
  }
};

TEST(Purse, DaneAndPkixSpendOneBudgetOfSignatures) {
  const Both both;  // two signatures for the record, two for the store
  const auto enough = both.judge({.signatures = 4});
  EXPECT_EQ(enough.outcome, Outcome::dane_and_pkix);
  EXPECT_EQ(enough.signatures, 4U);
  for (const std::size_t fewer : {2U, 3U}) {
    const auto spent = both.judge({.signatures = fewer});
    EXPECT_EQ(spent.outcome, Outcome::rejected);
    EXPECT_EQ(spent.reason, Reason::budget_exhausted);
    EXPECT_EQ(spent.signatures, 2U);
  }
}

TEST(Purse, DaneAndPkixSpendOneBudgetOfSteps) {
  const Both both;
  const auto enough = both.judge({});
  ASSERT_EQ(enough.outcome, Outcome::dane_and_pkix);
  ASSERT_GT(enough.steps, 1U);
  const auto spent = both.judge({.steps = enough.steps - 1});
  EXPECT_EQ(spent.outcome, Outcome::rejected);
  EXPECT_EQ(spent.reason, Reason::budget_exhausted);
  EXPECT_EQ(both.judge({.steps = enough.steps}).outcome, Outcome::dane_and_pkix);
}

TEST(Purse, AllRecordsSpendOneBudgetOfSignatures) {
  auto expired = support::leaf("CA", {"mail.example.org"});
  expired.until = kNow - support::kDay;
  const auto leaf = support::make(expired), anchor = support::make(support::ca("CA"));
  const auto judge = [&](std::size_t signatures) {
    const auto wanted = dane({record(2, 0, 1, anchor), record(2, 1, 1, anchor)});
    return check(Certificates{leaf, anchor}, wanted,
                 {kNow, nullptr, {.signatures = signatures}});
  };
  EXPECT_EQ(judge(1).signatures, 1U);
  EXPECT_EQ(judge(1).notes[0].reason, Reason::expired);
  EXPECT_EQ(judge(1).notes[1].reason, Reason::budget_exhausted);
  EXPECT_EQ(judge(2).notes[1].reason, Reason::expired);
}

}  // namespace
}  // namespace verify

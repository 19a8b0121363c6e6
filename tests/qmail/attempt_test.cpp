#include "src/qmail/attempt.h"

#include <gtest/gtest.h>

#include "src/qmail/attempt_count.h"
#include "src/qmail/reachability.h"

namespace qmail {
namespace {

AttemptResult failed(base::Code code) {
  AttemptResult out;
  out.report = base::fail(base::ErrorKind::temporary, code, "why");
  return out;
}

TEST(AttemptResult, UntilSomebodySaysOtherwiseItHasFailed) {
  const AttemptResult nothing;
  ASSERT_FALSE(nothing.report);
  EXPECT_EQ(nothing.report.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(reachability(nothing), Reachability::unknown);
}

TEST(Reachability, OnlySilenceCountsAgainstAnAddress) {
  EXPECT_EQ(reachability(failed(base::Code::timeout)), Reachability::silent);
  EXPECT_EQ(reachability(failed(base::Code::connect)), Reachability::unknown)
      << "a refused connection is no dead host";
}

TEST(Reachability, WhoeverWasConnectedToAnswers) {
  for (const base::Code code :
       {base::Code::timeout, base::Code::refused, base::Code::greeting}) {
    AttemptResult result = failed(code);
    result.connected = true;
    EXPECT_EQ(reachability(result), Reachability::answers);
  }
  AttemptResult taken;
  taken.connected = true;
  taken.report = report_of(MessageState::accepted, "");
  EXPECT_EQ(reachability(taken), Reachability::answers);
}

TEST(AttemptCount, AHostHasABound) {
  AttemptCount count;
  for (std::size_t i = 0; i < AttemptCount::kMostOfHost; ++i) EXPECT_TRUE(count.take());
  EXPECT_FALSE(count.take());
  EXPECT_FALSE(count.take());
  count.next_host();
  EXPECT_TRUE(count.take());
}

TEST(AttemptCount, AMessageHasABound) {
  AttemptCount count;
  std::size_t taken = 0;
  for (int host = 0; host < 100; ++host) {
    count.next_host();
    for (int i = 0; i < 10; ++i) taken += count.take() ? 1 : 0;
  }
  EXPECT_EQ(taken, 256U);
  EXPECT_EQ(AttemptCount::kMostOfHost, 64U);
}

}  // namespace
}  // namespace qmail

#include <gtest/gtest.h>

#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

TEST_F(Relay, ASilentPairTimesOutAndTheChildSeesAnEnd) {
  start(hasty());
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(read_all(six_.get()), "");
  EXPECT_GE(std::chrono::steady_clock::now() - began, 270ms);
  ASSERT_TRUE(write_all(seven_.get(), "I give up"));
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), "I give up") << "one more period is the child's";
  peer_.reset();
  EXPECT_EQ(result(), "ok timeout");
}

TEST_F(Relay, AChildThatDoesNothingAfterATimeOutEither) {
  start(hasty());
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), "timeout");
}

TEST_F(Relay, ATimeOutAfterTheChildsCloseIsTheEnd) {
  start(hasty());
  seven_.reset();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), "ok timeout");
}

TEST_F(Relay, TrafficKeepsTheClockFromRunningOut) {
  start(hasty());
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(50ms);
    ASSERT_TRUE(write_all(seven_.get(), "."));
    EXPECT_EQ(read_some(peer_.get(), 1), ".");
  }
  peer_closes();
  EXPECT_TRUE(ends(six_.get()));
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, AWriteThatIsStuckTimesOut) {
  start(hasty());
  auto writer = std::async(std::launch::async, [&] {
    while (write_all(seven_.get(), std::string(65536, 'x'))) {
    }
  });
  EXPECT_EQ(result(), "timeout") << "the peer never reads";
  writer.wait();
  EXPECT_LE(session_.most_unsent(), 300'000U);
}

TEST_F(Relay, DoesNotSpinWhileNothingMoves) {
  start();
  seven_.reset();
  EXPECT_TRUE(runs());
  timespec before{};
  timespec after{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  std::this_thread::sleep_for(200ms);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const auto nanoseconds =
      (after.tv_sec - before.tv_sec) * 1'000'000'000L + after.tv_nsec - before.tv_nsec;
  EXPECT_LT(nanoseconds, 100'000'000L);
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

// Else a silent program would keep its slot for ever, one period after the other.
TEST_F(Relay, AChildThatStaysSilentIsGivenUpAfterTwoPeriods) {
  start(hasty());
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(result(), "timeout");
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(took, 550ms);
  EXPECT_LT(took, 3s);
  EXPECT_FALSE(session_.said_goodbye()) << "its words may not be whole";
}

// Not a time-out: it is known why nothing comes any more.
TEST_F(Relay, ACutThatTheChildNeverReadsUpToIsToldWhenTimeIsUp) {
  session_.set_end(tls::ReadState::truncated);
  start(hasty());
  ASSERT_TRUE(write_all(peer_.get(), "half of it"));
  peer_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "truncated");
  EXPECT_EQ(read_all(six_.get()), "half of it");
}

TEST_F(Relay, AWriteToTheChildThatIsStuckTimesOut) {
  start(hasty());
  auto writer = std::async(std::launch::async,
                           [&] { return write_all(peer_.get(), pattern(3'000'000)); });
  EXPECT_EQ(result(), "timeout") << "the child never reads";
  EXPECT_FALSE(writer.get());
}

}  // namespace
}  // namespace relay

#include <gtest/gtest.h>

#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

TEST_F(Relay, TruncationIsAnErrorAfterWhatCame_Rfc8446s6_1) {
  session_.set_end(tls::ReadState::truncated);
  start();
  const std::string data = pattern(300'000);
  auto reader = std::async(std::launch::async, [&] { return read_all(six_.get()); });
  ASSERT_TRUE(write_all(peer_.get(), data));
  peer_closes();
  EXPECT_EQ(reader.get(), data);
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "truncated");
}

TEST_F(Relay, TruncationAfterOurCloseIsAnErrorToo_Rfc8446s6_1) {
  session_.set_end(tls::ReadState::truncated);
  start();
  seven_.reset();
  ASSERT_TRUE(write_all(peer_.get(), "half of it"));
  peer_.reset();
  EXPECT_EQ(read_all(six_.get()), "half of it");
  EXPECT_EQ(result(), "truncated");
}

TEST_F(Relay, TruncationDoesNotEndTheOtherDirection) {
  session_.set_end(tls::ReadState::truncated);
  start();
  peer_closes();
  EXPECT_TRUE(ends(six_.get()));
  ASSERT_TRUE(write_all(seven_.get(), "still here"));
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), "still here");
  peer_.reset();
  EXPECT_EQ(result(), "truncated");
}

TEST_F(Relay, TruncationMayBeTolerated) {
  session_.set_end(tls::ReadState::truncated);
  Options options = usual();
  options.truncation = Truncation::tolerate;
  start(options);
  ASSERT_TRUE(write_all(peer_.get(), "old server"));
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "old server");
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, TruncationThatNobodyHearsIsNone) {
  session_.set_end(tls::ReadState::truncated);
  start();
  six_.reset();
  EXPECT_TRUE(runs());
  peer_closes();
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

// The child's descriptors close one after the other: a peer that ends in between, or a
// moment before the child does by itself, has cut nothing off.

struct End {
  const char* name;
  tls::ReadState state;
};
class RelayEnd : public RelayTest, public testing::WithParamInterface<End> {};

TEST_P(RelayEnd, BetweenTheClosingOf7AndOf6IsNoFailure) {
  session_.set_end(GetParam().state);
  start(patient());
  seven_.reset();
  peer_.reset();
  std::this_thread::sleep_for(50ms);
  six_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, BetweenTheClosingOf6AndOf7IsNoFailure) {
  session_.set_end(GetParam().state);
  start(patient());
  six_.reset();
  peer_.reset();
  std::this_thread::sleep_for(50ms);
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, ShortlyBeforeTheChildsOwnIsNoFailure) {
  session_.set_end(GetParam().state);
  start(patient());
  ASSERT_TRUE(write_all(peer_.get(), "221 bye"));
  peer_.reset();
  EXPECT_EQ(read_some(six_.get(), 7), "221 bye");
  std::this_thread::sleep_for(50ms);
  six_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, IsNoFailureForAChildThatNeverReadsSoFar) {
  session_.set_end(GetParam().state);
  Options options = usual();
  options.grace = 500ms;
  start(options);
  ASSERT_TRUE(write_all(peer_.get(), "221 bye"));
  peer_.reset();
  std::this_thread::sleep_for(700ms);  // it gets no processor, say
  EXPECT_EQ(read_some(six_.get(), 7), "221 bye");
  six_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, IsAFailureForAChildThatListensOn_Rfc8446s6_1) {
  session_.set_end(GetParam().state);
  start();
  ASSERT_TRUE(write_all(peer_.get(), "half of it"));
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(read_all(six_.get()), "half of it");
  six_.reset();
  EXPECT_EQ(result(), GetParam().name);
}

TEST_P(RelayEnd, IsARemarkWhenTheProgramHasEndedAndAnotherListens) {
  session_.set_end(GetParam().state);
  const pid_t program = fork();
  if (program == 0) _exit(0);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(program), &ended, WEXITED | WNOWAIT), 0);
  Options options = usual();
  ends_.program = WatchedProgram(program);
  start(options);
  seven_.reset();
  peer_.reset();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), std::string("ok ") + GetParam().name);
  waitpid(program, nullptr, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, RelayEnd,
                         testing::Values(End{"truncated", tls::ReadState::truncated},
                                         End{"tls", tls::ReadState::failed}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_P(RelayEnd, IsAFailureWhileTheProgramRuns) {
  session_.set_end(GetParam().state);
  const pid_t program = fork();
  if (program == 0) {  // exec closes what is ours in it
    execlp("sleep", "sleep", "60", nullptr);
    _exit(1);
  }
  Options options = usual();
  ends_.program = WatchedProgram(program);
  start(options);
  seven_.reset();
  peer_.reset();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), GetParam().name);
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
}

TEST_P(RelayEnd, IsNoFailureWhereNobodyListensWhenItIsLookedAt) {
  session_.set_end(GetParam().state);
  six_.reset();
  seven_.reset();
  peer_.reset();
  Options options = usual();
  options.grace = 0ms;
  start(options);
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, IsToldNoSoonerThanAfterTheGrace) {
  session_.set_end(GetParam().state);
  const auto began = std::chrono::steady_clock::now();
  start();
  peer_.reset();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 100ms);
  seven_.reset();
  EXPECT_EQ(result(), GetParam().name);
}

TEST(Cut, ThePipeIsDrainedWhenItHasBeenRead) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const io::Descriptor from(ends[0]);
  const io::Descriptor to(ends[1]);
  EXPECT_TRUE(is_drained(to.get()));
  ASSERT_TRUE(write_all(to.get(), "x"));
  EXPECT_FALSE(is_drained(to.get()));
  EXPECT_EQ(read_some(from.get(), 1), "x");
  EXPECT_TRUE(is_drained(to.get()));
  EXPECT_TRUE(is_drained(-1)) << "what is no pipe holds nothing back";
}

TEST(Cut, GivesASecondToEnd) {
  EXPECT_EQ(Options().grace, 1s);
  EXPECT_EQ(Options().idle, 1h);
  EXPECT_EQ(Options().truncation, Truncation::error);
}

}  // namespace
}  // namespace relay

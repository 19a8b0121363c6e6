// What the end of a program means to the peer, and when little is said.
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include "src/relay/leaving.h"
#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

enum class Deed { ends_well, fails, is_killed };

struct LastWords {
  const char* name;
  const char* words;
  Deed deed;
  bool are_whole;
};

class RelayLastWords : public RelayTest, public testing::WithParamInterface<LastWords> {
 protected:
  /// A program that does as the parameter says, with 7 in its hands alone.
  pid_t run_program() {
    const pid_t program = fork();
    if (program == 0) {
      const std::string_view words = GetParam().words;
      (void)!::write(seven_.get(), words.data(), words.size());
      if (GetParam().deed == Deed::is_killed) kill(getpid(), SIGKILL);
      _exit(GetParam().deed == Deed::fails ? 1 : 0);
    }
    six_.reset();
    seven_.reset();
    return program;
  }
};

TEST_P(RelayLastWords, AreToldFromACut) {
  const pid_t program = run_program();
  ends_.program = WatchedProgram(program);
  start();
  EXPECT_EQ(read_all(peer_.get()), GetParam().words);
  peer_.reset();
  EXPECT_EQ(result(), "ok") << "the program's status says the rest";
  EXPECT_EQ(session_.said_goodbye(), GetParam().are_whole);
  EXPECT_EQ(waitpid(program, nullptr, 0), program)
      << "the relay looks at it, and leaves it to its owner";
}

INSTANTIATE_TEST_SUITE_P(
    Each, RelayLastWords,
    testing::Values(LastWords{"EndsWell", "bye", Deed::ends_well, true},
                    LastWords{"EndsWellWithoutAWord", "", Deed::ends_well, true},
                    LastWords{"FailsBehindItsWords", "421 no", Deed::fails, true},
                    LastWords{"FailsWithoutAWord", "", Deed::fails, false},
                    LastWords{"KilledInTheMiddle", "250 o", Deed::is_killed, false},
                    LastWords{"KilledWithoutAWord", "", Deed::is_killed, false}),
    [](const auto& row) { return row.param.name; });

TEST_F(Relay, AProgramThatGoesOnBehindItsLastWordIsBelieved) {
  const pid_t program = fork();
  if (program == 0) {
    for (const auto* end : {&seven_, &peer_, &ends_.socket}) close(end->get());
    pause();
    _exit(0);
  }
  ends_.program = WatchedProgram(program);
  start();
  seven_.reset();
  EXPECT_TRUE(runs()) << "it may still hear";
  EXPECT_TRUE(session_.said_goodbye());
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
  six_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, APipeGrowsWhenMuchIsSaidAndNoSooner) {
  const int six = six_.get();
  const int seven = seven_.get();
  const int usual_size = fcntl(six, F_GETPIPE_SZ);
  start();
  ASSERT_TRUE(write_all(peer_.get(), "few"));
  EXPECT_EQ(read_some(six, 3), "few");
  ASSERT_TRUE(write_all(seven, "words"));
  EXPECT_EQ(read_some(peer_.get(), 5), "words");
  EXPECT_EQ(fcntl(six, F_GETPIPE_SZ), usual_size);
  EXPECT_EQ(fcntl(seven, F_GETPIPE_SZ), usual_size);

  const std::string much = pattern(1'000'000);
  auto peer_writes =
      std::async(std::launch::async, [&] { return write_all(peer_.get(), much); });
  EXPECT_EQ(read_some(six, much.size()), much);
  EXPECT_TRUE(peer_writes.get());
  auto child_writes =
      std::async(std::launch::async, [&] { return write_all(seven, much); });
  EXPECT_EQ(read_some(peer_.get(), much.size()), much);
  EXPECT_TRUE(child_writes.get());
  EXPECT_GT(fcntl(six, F_GETPIPE_SZ), usual_size);
  EXPECT_GT(fcntl(seven, F_GETPIPE_SZ), usual_size);
}

TEST_F(Relay, ASilentPairIsRelayedAgain) {
  start();
  std::this_thread::sleep_for(1200ms);  // by then it has given back what it held
  ASSERT_TRUE(write_all(peer_.get(), "still"));
  EXPECT_EQ(read_some(six_.get(), 5), "still");
  ASSERT_TRUE(write_all(seven_.get(), "there"));
  EXPECT_EQ(read_some(peer_.get(), 5), "there");
}

TEST(WatchedProgram, IsThereUntilItEnds) {
  const WatchedProgram none;
  EXPECT_EQ(none.pid(), 0);
  EXPECT_FALSE(none.end());
  EXPECT_FALSE(none.is_ending());
  const pid_t pid = fork();
  if (pid == 0) {
    pause();
    _exit(0);
  }
  const WatchedProgram program(pid);
  EXPECT_FALSE(program.end());
  EXPECT_EQ(program.is_ending(), false);
  kill(pid, SIGKILL);
  siginfo_t facts{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &facts, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(program.is_ending(), true);
  EXPECT_EQ(program.end(), ProgramEnd::by_signal);
  EXPECT_EQ(program.end(), ProgramEnd::by_signal) << "nobody has waited for it so far";
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
}

TEST(WatchedProgram, MayBeCalledAsItLikes) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NAME, ") R 1 4 (");
    (void)!::write(ends[1], "x", 1);
    pause();
    _exit(0);
  }
  char octet = 0;
  ASSERT_EQ(::read(ends[0], &octet, 1), 1);
  EXPECT_EQ(WatchedProgram(pid).is_ending(), false);
  kill(pid, SIGKILL);
  EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
  close(ends[0]);
  close(ends[1]);
}

/// What a program's end-of-file says is told from its status however late that comes.
TEST(Leaving, WaitsForAProgramThatIsOnItsWayAndForNoOther) {
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    const bool goes_on = round % 2 == 0;
    const pid_t pid = fork();
    if (pid == 0) {
      if (goes_on) {
        close(ends[1]);
        pause();
      }
      kill(getpid(), SIGKILL);
    }
    close(ends[1]);
    const WatchedProgram program(pid);
    char octet = 0;
    ASSERT_EQ(::read(ends[0], &octet, 1), 0);
    const Leaving leaving(program);
    EXPECT_TRUE(!goes_on || !leaving.is_unknown()) << "nothing is waited for";
    while (leaving.is_unknown()) std::this_thread::sleep_for(100us);
    EXPECT_EQ(leaving.are_words_whole(true), goes_on);
    kill(pid, SIGKILL);
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
    close(ends[0]);
  }
}

}  // namespace
}  // namespace relay

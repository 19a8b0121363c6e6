#include "src/relay/relay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <future>
#include <string>
#include <thread>

#include "tests/relay/fake_session.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251);
  return out;
}

/// Reads until the end, or until the other side is gone.
std::string read_all(int fd) {
  std::string out;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

std::string read_some(int fd, std::size_t size) {
  std::string out(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const ssize_t n = ::read(fd, out.data() + at, size - at);
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  out.resize(at);
  return out;
}

bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0) return false;
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Whether the other side has closed, within two seconds.
bool ends(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  char octet = 0;
  return poll(&waiting, 1, 2000) > 0 && ::read(fd, &octet, 1) == 0;
}

/// A running relay with a peer on one side and a child on the other.
class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> sockets{};
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    EXPECT_EQ(pipe2(down.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(up.data(), O_CLOEXEC), 0);
    fcntl(sockets[0], F_SETFL, O_NONBLOCK);
    ends_ = {io::Descriptor(sockets[0]), io::Descriptor(down[1]), io::Descriptor(up[0])};
    peer_ = io::Descriptor(sockets[1]);
    six_ = io::Descriptor(down[0]);
    seven_ = io::Descriptor(up[1]);
  }
  ~RelayTest() override {
    peer_.reset();
    six_.reset();
    seven_.reset();
    if (running_.valid()) running_.wait();
  }

  void start(const Options& options = {5s, AfterClose::read_on, Truncation::error, 0}) {
    running_ = std::async(std::launch::async, [this, options] {
      return run(session_, std::move(ends_), options);
    });
  }
  /// `ok`, or the code of the error that the relay ended with; behind `ok` the code of
  /// its remark.
  std::string result() {
    if (running_.wait_for(10s) != std::future_status::ready) return "still running";
    const Ending out = running_.get();
    if (out.failure) return std::string(base::to_text(out.failure->code));
    return out.remark ? "ok " + std::string(base::to_text(out.remark->code)) : "ok";
  }
  [[nodiscard]] bool runs() const {
    return running_.wait_for(100ms) != std::future_status::ready;
  }
  void peer_closes() const { shutdown(peer_.get(), SHUT_WR); }

  FakeSession session_;
  Ends ends_;
  io::Descriptor peer_;
  io::Descriptor six_;
  io::Descriptor seven_;
  std::future<Ending> running_;
};

using Relay = RelayTest;

TEST_F(Relay, BothDirectionsAndBothEnds) {
  start();
  ASSERT_TRUE(write_all(seven_.get(), "question"));
  EXPECT_EQ(read_some(peer_.get(), 8), "question");
  ASSERT_TRUE(write_all(peer_.get(), "answer"));
  EXPECT_EQ(read_some(six_.get(), 6), "answer");
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "");
  seven_.reset();
  EXPECT_TRUE(ends(peer_.get()));
  peer_.reset();
  EXPECT_EQ(result(), "ok");
  EXPECT_TRUE(session_.said_goodbye());
}

TEST_F(Relay, AChildThatCloses7StillHears) {
  start();
  ASSERT_TRUE(write_all(seven_.get(), "last words"));
  seven_.reset();
  EXPECT_EQ(read_some(peer_.get(), 10), "last words");
  EXPECT_TRUE(runs());
  EXPECT_TRUE(session_.said_goodbye());
  const std::string answer = pattern(300'000);
  auto reader = std::async(std::launch::async, [&] { return read_all(six_.get()); });
  ASSERT_TRUE(write_all(peer_.get(), answer));
  peer_.reset();
  EXPECT_EQ(reader.get(), answer);
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, APeerThatClosesFirstStillHears) {
  start();
  ASSERT_TRUE(write_all(peer_.get(), "that is all"));
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "that is all");
  EXPECT_TRUE(runs());
  const std::string words = pattern(300'000);
  auto writer = std::async(std::launch::async, [&] {
    const bool done = write_all(seven_.get(), words);
    seven_.reset();
    return done;
  });
  EXPECT_EQ(read_all(peer_.get()), words);
  EXPECT_TRUE(writer.get());
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, AChildThatCloses6StillSpeaks) {
  start();
  six_.reset();
  ASSERT_TRUE(write_all(peer_.get(), pattern(400'000))) << "the peer is not held up";
  ASSERT_TRUE(write_all(seven_.get(), "I do not listen"));
  EXPECT_EQ(read_some(peer_.get(), 15), "I do not listen");
  EXPECT_TRUE(runs());
  seven_.reset();
  EXPECT_TRUE(ends(peer_.get()));
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, AChildThatClosesBothEndsIt) {
  start();
  six_.reset();
  seven_.reset();
  EXPECT_TRUE(ends(peer_.get()));
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, AChildThatClosesBothWhileThePeerTalksEndsIt) {
  start();
  auto talker = std::async(std::launch::async, [&] {
    while (write_all(peer_.get(), std::string(4096, 'x'))) {
    }
  });
  EXPECT_EQ(read_some(six_.get(), 10'000).size(), 10'000U);
  const auto began = std::chrono::steady_clock::now();
  six_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "ok");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
  talker.wait();
}

TEST_F(Relay, WithHangUpTheChildsCloseIsTheEnd) {
  start({5s, AfterClose::hang_up, Truncation::error, 0});
  ASSERT_TRUE(write_all(seven_.get(), "bye"));
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), "bye") << "without a word from the peer";
  EXPECT_TRUE(ends(six_.get()));
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

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
  start({5s, AfterClose::read_on, Truncation::tolerate, 0});
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
  start();
  seven_.reset();
  peer_.reset();
  std::this_thread::sleep_for(300ms);
  six_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, BetweenTheClosingOf6AndOf7IsNoFailure) {
  session_.set_end(GetParam().state);
  start();
  six_.reset();
  peer_.reset();
  std::this_thread::sleep_for(300ms);
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, ShortlyBeforeTheChildsOwnIsNoFailure) {
  session_.set_end(GetParam().state);
  start();
  ASSERT_TRUE(write_all(peer_.get(), "221 bye"));
  peer_.reset();
  EXPECT_EQ(read_some(six_.get(), 7), "221 bye");
  std::this_thread::sleep_for(300ms);
  six_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_P(RelayEnd, IsNoFailureForAChildThatNeverReadsSoFar) {
  session_.set_end(GetParam().state);
  start();
  ASSERT_TRUE(write_all(peer_.get(), "221 bye"));
  peer_.reset();
  std::this_thread::sleep_for(1500ms);  // it gets no processor, say
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
  start({5s, AfterClose::read_on, Truncation::error, program});
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

TEST_F(Relay, WordsThatAFailedPeerCannotGetAreAFailure) {
  session_.set_end(tls::ReadState::failed);
  start();
  six_.reset();
  ASSERT_TRUE(write_all(peer_.get(), "x"));
  peer_closes();
  EXPECT_TRUE(runs());
  ASSERT_TRUE(write_all(seven_.get(), "lost"));
  seven_.reset();
  EXPECT_EQ(result(), "tls");
}

TEST_F(Relay, AFailureDeliversWhatCameBeforeIt) {
  session_.set_end(tls::ReadState::failed);
  start();
  const std::string data = pattern(300'000);
  auto reader = std::async(std::launch::async, [&] { return read_all(six_.get()); });
  ASSERT_TRUE(write_all(peer_.get(), data));
  peer_closes();
  EXPECT_EQ(reader.get(), data);
  EXPECT_EQ(result(), "tls") << "and does not wait for the child";
  EXPECT_FALSE(write_all(seven_.get(), "x") && write_all(seven_.get(), "y"));
}

TEST_F(Relay, AFailureWaitsForASlowChildToTakeTheRest) {
  session_.set_end(tls::ReadState::failed);
  start();
  const std::string data = pattern(1'200'000);  // more than the pipe holds
  auto writer = std::async(std::launch::async, [&] {
    const bool done = write_all(peer_.get(), data);
    peer_closes();
    return done;
  });
  EXPECT_TRUE(runs());
  EXPECT_EQ(read_all(six_.get()), data);
  EXPECT_TRUE(writer.get());
  EXPECT_EQ(result(), "tls");
}

TEST_F(Relay, APeerThatIsGoneIsReportedWhenWeWrite) {
  start();
  peer_.reset();
  EXPECT_TRUE(ends(six_.get()));
  ASSERT_TRUE(write_all(seven_.get(), "anybody there?"));
  EXPECT_EQ(result(), "io");
}

TEST_F(Relay, ASessionThatCannotWriteIsReported) {
  session_.break_write();
  start();
  ASSERT_TRUE(write_all(seven_.get(), "x"));
  EXPECT_EQ(result(), "tls");
  EXPECT_TRUE(ends(six_.get()));
}

TEST_F(Relay, ASilentPairTimesOutAndTheChildSeesAnEnd) {
  start({1s, AfterClose::read_on, Truncation::error, 0});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(read_all(six_.get()), "");
  EXPECT_GE(std::chrono::steady_clock::now() - began, 900ms);
  ASSERT_TRUE(write_all(seven_.get(), "I give up"));
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), "I give up") << "one more period is the child's";
  peer_.reset();
  EXPECT_EQ(result(), "ok timeout");
}

TEST_F(Relay, AChildThatDoesNothingAfterATimeOutEither) {
  start({1s, AfterClose::read_on, Truncation::error, 0});
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), "timeout");
}

TEST_F(Relay, ATimeOutAfterTheChildsCloseIsTheEnd) {
  start({1s, AfterClose::read_on, Truncation::error, 0});
  seven_.reset();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), "ok timeout");
}

TEST_F(Relay, TrafficKeepsTheClockFromRunningOut) {
  start({1s, AfterClose::read_on, Truncation::error, 0});
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(300ms);
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
  start({1s, AfterClose::read_on, Truncation::error, 0});
  auto writer = std::async(std::launch::async, [&] {
    while (write_all(seven_.get(), std::string(65536, 'x'))) {
    }
  });
  EXPECT_EQ(result(), "timeout") << "the peer never reads";
  writer.wait();
  EXPECT_LE(session_.most_unsent(), 300'000U);
}

TEST_F(Relay, TwoFullBuffersDoNotBlockEachOther) {
  start();
  const std::string up = pattern(8 * 1024 * 1024);
  const std::string down(up.rbegin(), up.rend());
  auto child_writes = std::async(std::launch::async, [&] {
    const bool done = write_all(seven_.get(), up);
    seven_.reset();
    return done;
  });
  auto peer_writes = std::async(std::launch::async, [&] {
    const bool done = write_all(peer_.get(), down);
    peer_closes();
    return done;
  });
  std::this_thread::sleep_for(100ms);  // everything that can be full is full
  auto child_reads = std::async(std::launch::async, [&] { return read_all(six_.get()); });
  EXPECT_TRUE(read_all(peer_.get()) == up);
  EXPECT_TRUE(child_reads.get() == down);
  EXPECT_TRUE(child_writes.get());
  EXPECT_TRUE(peer_writes.get());
  peer_.reset();
  EXPECT_EQ(result(), "ok");
  EXPECT_LE(session_.most_unsent(), 300'000U);
}

TEST_F(Relay, AChildThatDoesNotReadHoldsThePeerUp) {
  start();
  fcntl(peer_.get(), F_SETFL, O_NONBLOCK);
  const std::string block(65536, 'x');
  std::size_t sent = 0;
  for (int waits = 0; waits < 10;) {
    const ssize_t n = ::write(peer_.get(), block.data(), block.size());
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
    } else {
      ++waits;
      std::this_thread::sleep_for(10ms);
    }
  }
  EXPECT_LE(session_.heard(), 1'048'576U + 2 * 131'072U) << "the pipe and one buffer";
  auto reader = std::async(std::launch::async, [&] { return read_all(six_.get()); });
  peer_closes();
  EXPECT_EQ(reader.get().size(), sent);
  seven_.reset();
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, SingleOctetsArriveInOrder) {
  session_.set_read_limit(1);
  start();
  const std::string data = pattern(2000);
  auto writer = std::async(std::launch::async, [&] {
    for (const char c : data) write_all(peer_.get(), {&c, 1});
    peer_closes();
  });
  EXPECT_EQ(read_all(six_.get()), data);
  writer.wait();
  for (const char c : data) write_all(seven_.get(), {&c, 1});
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), data);
  peer_.reset();
  EXPECT_EQ(result(), "ok");
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

TEST_F(Relay, AllThreeEndsAreClosedAtTheEnd) {
  const int socket = ends_.socket.get();
  const int to_child = ends_.to_child.get();
  const int from_child = ends_.from_child.get();
  start();
  peer_.reset();
  seven_.reset();
  EXPECT_EQ(result(), "ok");
  for (const int fd : {socket, to_child, from_child}) {
    EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  }
}

}  // namespace
}  // namespace relay

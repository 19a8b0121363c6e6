#include "src/io/stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <thread>

#include "src/io/run_task.h"

namespace io {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

bool say(int fd, std::string_view text) {
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0;
}

/// A stream, its peer, and a loop that is kept from running now and then.
class StalledLoop : public ::testing::Test {
 protected:
  StalledLoop() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    stream_.emplace(loop_, Descriptor(ends[0]));
    peer_ = Descriptor(ends[1]);
  }
  /// A conversation beside ours that computes.
  void stall(std::chrono::milliseconds span) {
    asio::post(loop_, [span] { std::this_thread::sleep_for(span); });
  }
  /// What a read with so much time gives: the text, or the code of its error.
  std::string heard_within(std::chrono::milliseconds limit) {
    const auto result = run_task(loop_, stream_->read_some(64, Clock::now() + limit));
    return result ? *result : std::string(base::to_text(result.error().code));
  }

  Loop loop_{1};
  std::optional<Stream> stream_;
  Descriptor peer_;
};

TEST_F(StalledLoop, ReadsWhatCameInTheMeantime) {
  asio::post(loop_, [&] {
    say(peer_.get(), "220");
    std::this_thread::sleep_for(800ms);
  });
  EXPECT_EQ(heard_within(100ms), "220");
}

TEST_F(StalledLoop, GivesThePeerTheTimeThatItHad) {
  std::thread peer([&] {
    std::this_thread::sleep_for(1200ms);
    say(peer_.get(), "220");
  });
  stall(1s);
  EXPECT_EQ(heard_within(600ms), "220");
  peer.join();
}

TEST_F(StalledLoop, GivesThePeerItsTimeAlsoWithoutAnybodyElse) {
  // Nobody but the wait itself holds the pulse, which notices that the loop stood still.
  std::thread peer([&] {
    std::this_thread::sleep_for(1200ms);
    say(peer_.get(), "220");
  });
  std::string heard;
  asio::co_spawn(
      loop_,
      [&]() -> Task<void> {
        const auto result = co_await stream_->read_some(64, Clock::now() + 600ms);
        heard = result ? *result : std::string(base::to_text(result.error().code));
      },
      asio::detached);
  stall(1s);
  loop_.run();
  peer.join();
  EXPECT_EQ(heard, "220");
}

TEST_F(StalledLoop, ReadsAlsoWhereItWasItselfThatComputed) {
  say(peer_.get(), "220");
  const auto deadline = Clock::now() + 100ms;
  std::this_thread::sleep_for(400ms);
  const auto result = run_task(loop_, stream_->read_some(64, deadline));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "220");
}

TEST_F(StalledLoop, CountsWhatItMissed) {
  const auto missed = Clock::missed();
  stall(1s);
  EXPECT_EQ(heard_within(100ms), "timeout");
  EXPECT_GT(Clock::missed() - missed, 600ms);
  EXPECT_LT(Clock::missed() - missed, 1100ms);
}

/// A stream, and the other end of its connection.
struct Talk {
  Talk() : Talk(pair()) {}

  Loop loop{1};
  Stream stream;
  Descriptor peer;

 private:
  explicit Talk(std::array<int, 2> ends)
      : stream(loop, Descriptor(ends[0])), peer(ends[1]) {}
  static std::array<int, 2> pair() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
        0);
    return ends;
  }
};

TEST(Stream, ASilentPeerHasItsTimeAndNoMore) {
  Talk talk;
  const auto began = Steady::now();
  const auto result =
      run_task(talk.loop, talk.stream.read_some(64, Clock::now() + 300ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Code::timeout);
  EXPECT_GE(Steady::now() - began, 300ms);
  EXPECT_LT(Steady::now() - began, 30s);
}

/// Reads until something is wrong, and says what that is.
Task<std::string> read_for_ever(Stream& stream, TimePoint deadline) {
  for (;;) {
    const auto result = co_await stream.read_some(64, deadline);
    if (!result) co_return std::string(base::to_text(result.error().code));
  }
}

TEST(Stream, APeerThatNeverStopsTalkingGetsNoTimeByThat) {
  Loop loop(1);
  std::array<int, 2> ends{-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const auto began = Steady::now();
  std::thread peer([fd = ends[1], began] {
    const std::string much(4096, 'x');
    while (Steady::now() - began < 60s && say(fd, much)) continue;
    close(fd);
  });
  {
    Stream stream(loop, Descriptor(ends[0]));
    EXPECT_EQ(run_task(loop, read_for_ever(stream, Clock::now() + 500ms)), "timeout");
  }
  EXPECT_LT(Steady::now() - began, 30s);
  peer.join();
}

// What lies there came in time as far as anybody knows; what comes on and on did not.
TEST(Stream, BehindItsTimeAPeerIsHeardForAWhileAndNotForEver) {
  Talk talk;
  const std::string much(1000, 'x');
  ASSERT_TRUE(say(talk.peer.get(), much));
  const TimePoint long_ago = Clock::now() - 10s;
  std::size_t heard = 0;
  while (heard < much.size() && run_task(talk.loop, talk.stream.read_some(1, long_ago)))
    ++heard;
  EXPECT_GT(heard, 0U);
  EXPECT_LT(heard, much.size());
}

TEST(Clock, GoesOnWithoutALoop) {
  const auto before = Clock::now();
  std::this_thread::sleep_for(600ms);
  EXPECT_GE(Clock::now() - before, 600ms);
  EXPECT_FALSE(Clock::is_behind());
}

TEST(Clock, StandsStillWhileTheLoopCannotRun) {
  Loop loop(1);
  const Pulse::Hold hold(Pulse::of(loop));
  const auto before = Clock::now();
  std::this_thread::sleep_for(1s);
  EXPECT_TRUE(Clock::is_behind());
  EXPECT_LE(Clock::now() - before, Clock::kUncounted);
  loop.run_for(200ms);
  EXPECT_FALSE(Clock::is_behind());
  EXPECT_LT(Clock::now() - before, 700ms);
}

}  // namespace
}  // namespace io

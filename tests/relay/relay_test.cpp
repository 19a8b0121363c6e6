#include <gtest/gtest.h>

#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

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
  Options options = usual();
  options.after_close = AfterClose::hang_up;
  start(options);
  ASSERT_TRUE(write_all(seven_.get(), "bye"));
  seven_.reset();
  EXPECT_EQ(read_all(peer_.get()), "bye") << "without a word from the peer";
  EXPECT_TRUE(ends(six_.get()));
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

class RelayToThePeersEnd : public RelayTest {
 protected:
  /// The conversation is over when the peer says so.
  static Options until_the_peer_ends() {
    Options out = usual();
    out.after_peer_close = AfterPeerClose::hang_up;
    return out;
  }
};

TEST_F(RelayToThePeersEnd, EndsWithIt) {
  start(until_the_peer_ends());
  ASSERT_TRUE(write_all(seven_.get(), "question"));
  EXPECT_EQ(read_some(peer_.get(), 8), "question");
  ASSERT_TRUE(write_all(peer_.get(), "answer"));
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "answer");
  EXPECT_TRUE(ends(peer_.get())) << "though 7 is still open";
  peer_.reset();
  EXPECT_EQ(result(), "ok");
  EXPECT_TRUE(session_.said_goodbye());
}

TEST_F(RelayToThePeersEnd, IsReadBehindAHalfClose) {
  start(until_the_peer_ends());
  seven_.reset();
  EXPECT_TRUE(runs()) << "the answer is waited for";
  ASSERT_TRUE(write_all(peer_.get(), "answer"));
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "answer");
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(RelayToThePeersEnd, EndsWithACutWhichIsAFailure_Rfc8446s6_1) {
  session_.set_end(tls::ReadState::truncated);
  start(until_the_peer_ends());
  ASSERT_TRUE(write_all(peer_.get(), "half an ans"));
  peer_closes();
  EXPECT_EQ(read_all(six_.get()), "half an ans");
  EXPECT_TRUE(ends(peer_.get())) << "though 7 is still open";
  peer_.reset();
  EXPECT_EQ(result(), "truncated");
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

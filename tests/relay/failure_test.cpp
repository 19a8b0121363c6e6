#include <gtest/gtest.h>

#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

TEST_F(Relay, WordsThatAFailedPeerCannotGetAreAFailure) {
  session_.set_end(tls::ReadState::failed);
  start(patient());
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

// What failed first is the cause; the rest follows from it, or hides it.
TEST_F(Relay, OfTwoFailuresTheFirstIsTold) {
  session_.set_end(tls::ReadState::failed);
  start();
  shutdown(peer_.get(), SHUT_RD);
  ASSERT_TRUE(write_all(seven_.get(), "lost"));
  EXPECT_TRUE(runs()) << "the peer may still be heard";
  peer_closes();
  EXPECT_TRUE(ends(six_.get()));
  EXPECT_EQ(result(), "io");
}

TEST_F(Relay, ASessionThatCannotWriteIsReported) {
  session_.break_write();
  start();
  ASSERT_TRUE(write_all(seven_.get(), "x"));
  EXPECT_EQ(result(), "tls");
  EXPECT_TRUE(ends(six_.get()));
}

TEST_F(Relay, WhatCameBeforeAFailureWaitsForAChildThatReadsLate) {
  session_.set_end(tls::ReadState::failed);
  start();
  const std::string first = fill_the_pipe();
  const std::string rest = pattern(100'000);  // read together with the failure, later
  ASSERT_TRUE(write_all(peer_.get(), rest));
  peer_closes();
  const std::size_t some = 8192;  // frees less of the pipe than the rest wants
  EXPECT_EQ(read_some(six_.get(), some), first.substr(0, some));
  EXPECT_TRUE(runs()) << "the failure was read; the rest waits for room in the pipe";
  EXPECT_TRUE(read_all(six_.get()) == first.substr(some) + rest);
  EXPECT_EQ(result(), "tls");
}

TEST_F(Relay, WordsThatWaitForAPeerThatFailsAreAFailureAtOnce) {
  session_.set_end(tls::ReadState::failed);
  start(patient());
  auto writer = std::async(std::launch::async,
                           [&] { return write_all(seven_.get(), pattern(3'000'000)); });
  EXPECT_TRUE(runs()) << "the peer reads nothing";
  const auto began = std::chrono::steady_clock::now();
  peer_closes();
  EXPECT_FALSE(writer.get());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s) << "not after the grace";
  six_.reset();
  EXPECT_EQ(result(), "tls");
}

TEST_F(Relay, AGoodbyeThatAPeerDoesNotHearAnyMoreIsNoFailure) {
  session_.set_goodbye("close_notify");
  start(patient());
  peer_.reset();
  EXPECT_TRUE(ends(six_.get()));
  seven_.reset();
  EXPECT_EQ(result(), "ok");
}

TEST_F(Relay, WordsBeforeAGoodbyeThatAPeerDoesNotHearAreAFailure) {
  session_.set_goodbye("close_notify");
  start();
  auto writer = std::async(std::launch::async, [&] {
    const bool done = write_all(seven_.get(), pattern(400'000));
    seven_.reset();
    return done;
  });
  EXPECT_EQ(read_some(peer_.get(), 1000).size(), 1000U);
  peer_.reset();
  (void)writer.get();
  EXPECT_EQ(result(), "io");
}

// Closing a socket with unread data makes the kernel reset the connection, and the reset
// may overtake our last words.
TEST_F(Relay, LastWordsArriveThoughThePeersOwnWereNotRead) {
  Options options = usual();
  options.after_close = AfterClose::hang_up;
  fcntl(peer_.get(), F_SETFL, O_NONBLOCK);
  const std::string block(65536, 'x');
  start(options);
  for (int waits = 0; waits < 5;) {  // until nobody takes any more
    if (::write(peer_.get(), block.data(), block.size()) > 0) continue;
    ++waits;
    std::this_thread::sleep_for(10ms);
  }
  fcntl(peer_.get(), F_SETFL, 0);
  ASSERT_TRUE(write_all(seven_.get(), "last words"));
  seven_.reset();
  EXPECT_EQ(read_some(peer_.get(), 10), "last words");
  char octet = 0;
  EXPECT_EQ(::read(peer_.get(), &octet, 1), 0) << "an end, no reset";
  peer_.reset();
  EXPECT_EQ(result(), "ok");
}

}  // namespace
}  // namespace relay

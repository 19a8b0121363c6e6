#include "src/tls/transport.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "src/io/descriptor.h"

namespace tls {
namespace {

class TransportTest : public testing::Test {
 protected:
  TransportTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours_ = io::Descriptor(ends[0]);
    peer_ = io::Descriptor(ends[1]);
    fcntl(ours_.get(), F_SETFL, O_NONBLOCK);
    transport_.use(ours_.get());
  }
  void peer_says(std::string_view words) const {
    EXPECT_EQ(::write(peer_.get(), words.data(), words.size()),
              static_cast<ssize_t>(words.size()));
  }
  std::string pull(std::size_t most) {
    std::string out(most, '\0');
    const ssize_t n = transport_.pull(std::as_writable_bytes(std::span(out)));
    if (n < 0) return "errno " + std::to_string(errno);
    return out.substr(0, static_cast<std::size_t>(n));
  }
  const std::string again_ = "errno " + std::to_string(EAGAIN);

  io::Descriptor ours_;
  io::Descriptor peer_;
  Transport transport_;
};
using Transports = TransportTest;

TEST_F(Transports, GiveWhatOneReadBroughtInParts) {
  peer_says("0123456789");
  EXPECT_EQ(pull(4), "0123");
  EXPECT_TRUE(transport_.unread());
  peer_says("more");
  EXPECT_EQ(pull(100), "456789") << "the buffer first";
  EXPECT_FALSE(transport_.unread());
  EXPECT_EQ(pull(100), "more");
}

TEST_F(Transports, SayThatThereIsNothingYet) {
  EXPECT_EQ(pull(10), again_);
  EXPECT_FALSE(transport_.at_end());
}

// RFC 8446 6.1: what is said to the TLS library is "nothing yet".
TEST_F(Transports, TellAnEndByThemselvesAlone) {
  peer_says("last");
  peer_.reset();
  EXPECT_EQ(pull(10), "last");
  EXPECT_FALSE(transport_.at_end());
  EXPECT_EQ(pull(10), again_);
  EXPECT_TRUE(transport_.at_end());
}

TEST_F(Transports, TellWhyNothingCanBeRead) {
  transport_.use(-1);
  EXPECT_EQ(pull(10), "errno " + std::to_string(EBADF));
  EXPECT_FALSE(transport_.at_end());
}

TEST_F(Transports, KeepWhatIsPushedUntilItIsFlushed) {
  transport_.push(base::as_bytes("one "));
  transport_.push(base::as_bytes("two"));
  EXPECT_EQ(transport_.unsent(), 7U);
  EXPECT_TRUE(transport_.flush(ours_.get()));
  EXPECT_EQ(transport_.unsent(), 0U);
  std::array<char, 16> heard{};
  EXPECT_EQ(::read(peer_.get(), heard.data(), heard.size()), 7);
  EXPECT_STREQ(heard.data(), "one two");
}

TEST_F(Transports, KeepWhatASlowPeerDoesNotTake) {
  const std::string data(2'000'000, 'x');
  transport_.push(base::as_bytes(data));
  EXPECT_TRUE(transport_.flush(ours_.get())) << "that the socket is full is no failure";
  const std::size_t before = transport_.unsent();
  EXPECT_GT(before, 0U);
  EXPECT_LT(before, data.size());
  std::array<char, 100'000> heard{};
  EXPECT_GT(::read(peer_.get(), heard.data(), heard.size()), 0);
  transport_.push(base::as_bytes("y"));
  EXPECT_EQ(transport_.unsent(), before + 1) << "behind the rest, nothing twice";
}

TEST_F(Transports, TellAPeerThatIsGone) {
  peer_.reset();
  transport_.push(base::as_bytes("x"));
  const auto sent = transport_.flush(ours_.get());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, base::Code::io);
  EXPECT_EQ(sent.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(transport_.unsent(), 1U);
  transport_.discard_unsent();
  EXPECT_EQ(transport_.unsent(), 0U);
  EXPECT_TRUE(transport_.flush(ours_.get())) << "there is nothing to send";
}

}  // namespace
}  // namespace tls

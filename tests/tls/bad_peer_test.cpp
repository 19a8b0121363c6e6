// Peers that end, stall or talk nonsense before the handshake is over.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "tests/tls/attempt.h"

namespace tls {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A peer without TLS: a thread that has the other end of a socket pair.
class PlainPeer {
 public:
  template <typename Talk>
  explicit PlainPeer(Talk talk) {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_ = io::Descriptor(ends[0]);
    fcntl(client_.get(), F_SETFL, O_NONBLOCK);
    server_ = io::Descriptor(ends[1]);
    thread_ = std::thread([this, talk] { talk(server_); });
  }
  ~PlainPeer() { thread_.join(); }
  PlainPeer(const PlainPeer&) = delete;
  PlainPeer& operator=(const PlainPeer&) = delete;
  io::Descriptor take_client() { return std::move(client_); }

 private:
  io::Descriptor client_;
  io::Descriptor server_;
  std::thread thread_;
};

void hear_hello(const io::Descriptor& peer) {
  std::array<char, 4096> hello{};
  EXPECT_GT(::read(peer.get(), hello.data(), hello.size()), 0);
}

/// A number of so many octets, the most significant first.
template <int octets>
std::string number(std::size_t value) {
  std::string out;
  for (int i = octets - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

void send_octets(const io::Descriptor& peer, std::string_view octets) {
  EXPECT_EQ(::send(peer.get(), octets.data(), octets.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(octets.size()));
}

TEST(BadPeer, AnEndDuringTheHandshakeIsSaidToBeOne) {
  PlainPeer peer([](io::Descriptor& end) {
    hear_hello(end);
    end.reset();
  });
  Attempt attempt(peer.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "truncated");
  EXPECT_TRUE(attempt.is_temporary());
  EXPECT_EQ(attempt.judgements(), 0);
}

TEST(BadPeer, AnEndInTheMiddleOfARecordIsSaidToBeOne) {
  PlainPeer peer([](io::Descriptor& end) {
    hear_hello(end);
    send_octets(end, std::string("\x16\x03\x03\x00\x40\x02\x00", 7));
    end.reset();
  });
  Attempt attempt(peer.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "truncated");
}

TEST(BadPeer, ASilentPeerEndsAtTheDeadline) {
  std::atomic<bool> over = false;
  PlainPeer peer([&](io::Descriptor& end) {
    hear_hello(end);
    char octet = 0;
    (void)!::read(end.get(), &octet, 1);  // until we hang up
    over = true;
  });
  const auto began = std::chrono::steady_clock::now();
  Attempt attempt(peer.take_client(), {}, Opinion::believe, {}, 100ms);
  EXPECT_EQ(attempt.outcome(), "timeout");
  EXPECT_TRUE(attempt.is_temporary());
  EXPECT_GE(std::chrono::steady_clock::now() - began, 90ms);
}

/// A record of handshake messages (RFC 8446 5.1).
std::string record(const std::string& messages) {
  return std::string("\x16\x03\x03", 3) + number<2>(messages.size()) + messages;
}
std::string message(char type, const std::string& body) {
  return type + number<3>(body.size()) + body;
}

// Octet by octet there is always more to read, so that nobody ever waits for the peer:
// the deadline has to hold all the same.
TEST(BadPeer, APeerThatNeverStopsTalkingEndsAtTheDeadline) {
  PlainPeer peer([](const io::Descriptor& end) {
    hear_hello(end);
    std::string octets;
    for (const char octet : message('\x02', std::string(130'000, '\0'))) {
      octets += record(std::string(1, octet));
    }
    // A machine may read all of it in time: the last record never comes.
    octets.resize(octets.size() - record("x").size());
    (void)::send(end.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    char octet = 0;
    (void)!::read(end.get(), &octet, 1);  // until we hang up
  });
  Attempt attempt(peer.take_client(), {}, Opinion::believe, {}, 5ms);
  EXPECT_EQ(attempt.outcome(), "timeout") << attempt.detail();
  EXPECT_EQ(attempt.judgements(), 0);
}

/// The first flight of a TLS 1.2 server that shows this leaf and names a group of its
/// own, of so many octets (RFC 5246 7.4.3). It has no signature: whoever asks for one has
/// computed with the group, whoever says that it is wrong with the key.
std::string flight(const base::Bytes& leaf, std::size_t octets) {
  const std::string der(base::as_text(leaf));
  const std::string hello = std::string("\x03\x03", 2) + std::string(32, 'r') +
                            std::string("\x00\x00\x9e\x00", 4);  // DHE-RSA-AES128-GCM
  const std::string certificate = number<3>(der.size()) + der;
  const std::string prime(octets, '\x7f');
  const std::string group = number<2>(octets) + prime + number<2>(1) + '\x02' +
                            number<2>(octets) + std::string(octets, '\x3f');
  return record(message('\x02', hello)) +
         record(message('\x0b', number<3>(certificate.size()) + certificate)) +
         record(message('\x0c', group));
}

/// What a client of ours says of such a flight.
std::string told_of(const base::Bytes& leaf, std::size_t octets) {
  const std::string sent = flight(leaf, octets);
  PlainPeer peer([&](const io::Descriptor& end) {
    hear_hello(end);
    send_octets(end, sent);
    std::array<char, 64> alert{};
    (void)!::read(end.get(), alert.data(), alert.size());
  });
  Attempt attempt(peer.take_client(), {});
  return attempt.outcome() + ": " + attempt.detail();
}

base::Bytes rsa_leaf() {
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key = {"rsa of a bad peer", support::Key::Kind::rsa2048};
  return support::make(leaf);
}

/// That leaf with another key in it. All lengths that enclose the key have two octets.
base::Bytes leaf_with(const base::Bytes& spki) {
  const base::Bytes leaf = rsa_leaf();
  const base::Bytes old =
      support::spki_of({"rsa of a bad peer", support::Key::Kind::rsa2048});
  const auto at = std::ranges::search(leaf, old).begin();
  base::Bytes out(leaf.begin(), at);
  out.insert(out.end(), spki.begin(), spki.end());
  out.insert(out.end(), at + static_cast<std::ptrdiff_t>(old.size()), leaf.end());
  for (const std::size_t header : {0U, 4U}) {  // Certificate, and TBSCertificate in it
    const auto length = std::to_integer<std::size_t>(leaf[header + 2]) * 256 +
                        std::to_integer<std::size_t>(leaf[header + 3]) + spki.size() -
                        old.size();
    out[header + 2] = static_cast<std::byte>(length >> 8U);
    out[header + 3] = static_cast<std::byte>(length);
  }
  return out;
}

// ffdhe8192 is the largest group that there is (RFC 7919); a larger one takes minutes
// inside one call, which no deadline interrupts.
TEST(BadPeer, AGroupThatIsSlowIsNotComputedWith) {
  EXPECT_THAT(told_of(rsa_leaf(), 1025),
              HasSubstr("a Diffie-Hellman prime of 8200 bits"));
  EXPECT_THAT(told_of(rsa_leaf(), 1024), testing::Not(HasSubstr("prime of")));
}

// The signature over the group is checked with the key of the leaf.
TEST(BadPeer, AKeyThatIsSlowIsNotComputedWith_Rfc5246s7_4_3) {
  const base::Bytes slow = leaf_with(rsa_spki(base::Bytes(2500, std::byte{0x77})));
  EXPECT_THAT(told_of(slow, 256), HasSubstr("an RSA key of 20000 bits"));
  const base::Bytes usual = leaf_with(rsa_spki(base::Bytes(256, std::byte{0x77})));
  EXPECT_THAT(told_of(usual, 256), testing::Not(HasSubstr("an RSA key of")));
}

TEST(BadPeer, WhatIsNoTlsFailsTheHandshake) {
  PlainPeer peer([](io::Descriptor& end) {
    hear_hello(end);
    send_octets(end, "220 mail.example.org ESMTP, no TLS here at all\r\n");
    hear_hello(end);  // our alert
  });
  Attempt attempt(peer.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "handshake");
  EXPECT_TRUE(attempt.is_temporary());
  EXPECT_THAT(attempt.detail(), HasSubstr("TLS handshake failed: "));
}

TEST(BadPeer, ThePeersAlertIsToldByItsName) {
  PlainPeer peer([](io::Descriptor& end) {
    hear_hello(end);
    send_octets(end, std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
  });
  Attempt attempt(peer.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "handshake");
  EXPECT_THAT(attempt.detail(), HasSubstr("the peer sent alert Handshake failed"));
}

}  // namespace
}  // namespace tls

#include "src/keeper/keeper.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <deque>
#include <future>

#include "src/keeper/asking.h"
#include "src/keeper/message.h"
#include "tests/support/signatures.h"

namespace keeper {
namespace {

using namespace std::chrono_literals;
using Kind = support::Key::Kind;

const support::Key kFirst{"first"};
const support::Key kSecond{"second", Kind::rsa2048};
constexpr auto kEcdsa = GNUTLS_SIGN_ECDSA_SECP256R1_SHA256;
constexpr auto kPss = GNUTLS_SIGN_RSA_PSS_RSAE_SHA256;

/// What a handshake asks for whose transcript is `what`.
tls::SigningRequest request(std::string_view what, std::uint32_t key = 0,
                            gnutls_sign_algorithm_t algorithm = kEcdsa) {
  static std::deque<std::array<std::byte, 32>> hashes;  // a request has a view
  auto& hash = hashes.emplace_back();
  gnutls_hash_fast(GNUTLS_DIG_SHA256, what.data(), what.size(), hash.data());
  return {key, static_cast<std::uint32_t>(algorithm), 0, true, hash};
}

/// A keeper of two keys, in a thread.
class KeeperTest : public testing::Test {
 protected:
  KeeperTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    control_ = io::Descriptor(ends[0]);
    std::vector<tls::PrivateKey> keys;
    keys.push_back(support::private_key(kFirst));
    keys.push_back(support::private_key(kSecond));
    life_ = std::async(std::launch::async, [control = io::Descriptor(ends[1]),
                                            keys = std::move(keys)]() mutable {
      keep(std::move(control), std::move(keys));
    });
  }
  ~KeeperTest() override { control_.reset(); }

  [[nodiscard]] io::Descriptor open() const {
    auto channel = open_channel(control_);
    EXPECT_TRUE(channel) << channel.error().detail;
    return channel ? std::move(*channel) : io::Descriptor();
  }
  /// A talker that has not asked anything yet.
  [[nodiscard]] std::unique_ptr<Asking> talker() const {
    auto out = std::make_unique<Asking>();
    out->use(open(), std::chrono::seconds(30));
    return out;
  }
  /// Whether the keeper has closed its end of a channel to which this was said.
  static bool ends(const io::Descriptor& channel, base::ByteView said) {
    EXPECT_GE(::send(channel.get(), said.data(), said.size(), MSG_NOSIGNAL), 0);
    pollfd waiting{channel.get(), POLLIN, 0};
    if (poll(&waiting, 1, 10'000) != 1) return false;
    std::array<std::byte, 64> answer{};
    return ::recv(channel.get(), answer.data(), answer.size(), 0) <= 0;
  }
  [[nodiscard]] bool is_alive() const {
    return life_.wait_for(0s) == std::future_status::timeout;
  }
  [[nodiscard]] bool has_ended() const {
    return life_.wait_for(10s) == std::future_status::ready;
  }

  io::Descriptor control_;
  std::future<void> life_;
};
using Keeper = KeeperTest;

TEST_F(Keeper, SignsWithTheKeyThatIsAskedFor) {
  const auto first = talker()->sign(request("transcript"));
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_TRUE(support::is_signed(kFirst, kEcdsa, base::as_bytes("transcript"), *first));
  const auto second = talker()->sign(request("transcript", 1, kPss));
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_TRUE(support::is_signed(kSecond, kPss, base::as_bytes("transcript"), *second));
}

TEST_F(Keeper, SignsOnceForEachConnection) {
  const auto one = talker(), other = talker();
  EXPECT_TRUE(one->sign(request("transcript")));
  const auto again = one->sign(request("transcript"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::Code::tls);
  EXPECT_EQ(again.error().kind, base::ErrorKind::internal);
  EXPECT_FALSE(one->ticket_key("words")) << "the channel has ended";
  EXPECT_TRUE(other->sign(request("transcript"))) << "what is left to one is its own";
}

TEST_F(Keeper, GivesOneTicketKeyToEachConnectionBesideTheSignature) {
  const auto one = talker(), other = talker();
  const auto key = one->ticket_key("words");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size(), 64U);
  EXPECT_EQ(other->ticket_key("words"), key) << "or nobody could come back";
  EXPECT_TRUE(one->sign(request("transcript")));
  EXPECT_FALSE(one->ticket_key("other words"));
  EXPECT_FALSE(one->sign(request("transcript")));
  EXPECT_TRUE(other->sign(request("transcript")));
}

TEST_F(Keeper, AKeyNumberThatNobodyHasEndsTheChannel) {
  for (const std::uint32_t number : {2U, 0x80000000U, 0xFFFFFFFFU}) {
    const auto one = talker();
    EXPECT_FALSE(one->sign(request("transcript", number))) << number;
    EXPECT_FALSE(one->sign(request("transcript"))) << number;
  }
  EXPECT_TRUE(talker()->sign(request("transcript")));
}

TEST_F(Keeper, AnAlgorithmThatTheKeyDoesNotHaveEndsTheChannel) {
  for (const std::uint32_t algorithm :
       {0U, 1U, 9999U, 0x7FFFFFFFU, 0xFFFFFFFFU, static_cast<std::uint32_t>(kPss)}) {
    auto wanted = request("transcript");
    wanted.algorithm = algorithm;
    EXPECT_FALSE(talker()->sign(wanted)) << algorithm;
  }
  EXPECT_TRUE(talker()->sign(request("transcript")));
}

// GnuTLS reads as many octets of a hash as its algorithm has.
TEST_F(Keeper, AHashOfAnotherSizeThanItsAlgorithmsIsNotSigned) {
  for (const std::size_t size : {1U, 31U, 33U, 64U, 8000U}) {
    const std::string hash(size, 'h');
    for (const auto& [key, algorithm] : {std::pair(0U, kEcdsa), std::pair(1U, kPss)}) {
      auto wanted = request("", key, algorithm);
      wanted.octets = base::as_bytes(hash);
      EXPECT_FALSE(talker()->sign(wanted)) << size;
    }
  }
  const std::string hash(32, 'h');
  auto wanted = request("", 1, kPss);
  wanted.octets = base::as_bytes(hash);
  EXPECT_TRUE(talker()->sign(wanted));
}

// A talker that was taken over could have certificates signed, or what it likes.
TEST_F(Keeper, WhatNoHandshakeOfAServerAsksForIsNotSigned) {
  auto data = request("", 1, kPss);
  data.is_hash = false;
  EXPECT_FALSE(talker()->sign(data)) << "the octets themselves";
  auto flags = request("transcript");
  flags.flags = GNUTLS_PRIVKEY_SIGN_FLAG_TLS1_RSA;
  EXPECT_FALSE(talker()->sign(flags));
  for (const auto algorithm : {GNUTLS_SIGN_RSA_SHA1, GNUTLS_SIGN_RSA_MD5}) {
    const std::string hash(algorithm == GNUTLS_SIGN_RSA_SHA1 ? 20 : 16, 'h');
    auto old = request("", 1, algorithm);
    old.octets = base::as_bytes(hash);
    EXPECT_FALSE(talker()->sign(old)) << algorithm;
  }
  for (const std::size_t size : {0U, 1U, 32U, 51U, 256U}) {
    const std::string octets(size, 'r');
    auto raw = request("", 1, GNUTLS_SIGN_RSA_RAW);
    raw.octets = base::as_bytes(octets);
    EXPECT_FALSE(talker()->sign(raw)) << size;
  }
}

TEST_F(Keeper, WhatIsNoQuestionEndsTheChannel) {
  for (const std::string_view said : {"x", "s", "h12345678901", "\0\0\0\0"}) {
    EXPECT_TRUE(ends(open(), base::as_bytes(said))) << said;
  }
  EXPECT_TRUE(ends(open(), {})) << "an empty message";
  EXPECT_TRUE(ends(open(), to_message(TicketQuestion{std::string(2000, 'w')})));
  const base::Bytes much(100'000, std::byte{'x'});
  EXPECT_TRUE(ends(open(), much));
  EXPECT_TRUE(is_alive());
  EXPECT_TRUE(talker()->sign(request("transcript")));
}

TEST_F(Keeper, ATalkerThatGoesBeforeItsAnswerIsNoTrouble) {
  for (int i = 0; i < 20; ++i) {
    const io::Descriptor channel = open();
    const base::Bytes message = to_message(request("transcript"));
    EXPECT_GT(::send(channel.get(), message.data(), message.size(), MSG_NOSIGNAL), 0);
  }
  EXPECT_TRUE(talker()->sign(request("transcript")));
}

TEST_F(Keeper, ManyChannelsAreOpenAtATime) {
  std::vector<std::unique_ptr<Asking>> talkers;
  for (int i = 0; i < 100; ++i) talkers.push_back(talker());
  for (const auto& one : talkers) EXPECT_TRUE(one->sign(request("transcript")));
}

TEST_F(Keeper, OctetsWithoutADescriptorOnTheControlAreNoChannel) {
  EXPECT_EQ(::send(control_.get(), "c", 1, MSG_NOSIGNAL), 1);
  EXPECT_TRUE(talker()->sign(request("transcript")));
}

TEST_F(Keeper, EndsWhenNobodyCanAskAnyMore) {
  control_.reset();
  EXPECT_TRUE(has_ended());
}

TEST_F(Keeper, ServesTheLastConnectionBeforeItEnds) {
  const auto last = talker();
  control_.reset();
  EXPECT_TRUE(last->sign(request("transcript")));
  EXPECT_TRUE(is_alive());
  last->end();
  EXPECT_TRUE(has_ended());
}

TEST_F(Keeper, ChannelsThatCameBeforeTheControlWasClosedAreServed) {
  std::vector<std::unique_ptr<Asking>> talkers;
  for (int i = 0; i < 10; ++i) talkers.push_back(talker());
  control_.reset();
  for (const auto& one : talkers) EXPECT_TRUE(one->sign(request("transcript")));
}

TEST(KeeperThatHasGone, OpensNoChannel) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const io::Descriptor control(ends[0]);
  io::Descriptor(ends[1]).reset();
  const auto channel = open_channel(control);
  ASSERT_FALSE(channel);
  EXPECT_EQ(channel.error().kind, base::ErrorKind::internal);
  EXPECT_EQ(channel.error().code, base::Code::closed);
}

TEST(Asking, WithoutAChannelNobodySigns) {
  Asking nobody;
  EXPECT_FALSE(nobody.sign(request("transcript")));
  EXPECT_FALSE(nobody.ticket_key("words"));
}

}  // namespace
}  // namespace keeper

// The messages that a server signs, as they went over the wire.
#include "src/tls/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tls/attempt.h"

namespace tls {
namespace {

using base::Bytes;
using support::TlsServer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr unsigned kHello = GNUTLS_HANDSHAKE_CLIENT_HELLO;
constexpr unsigned kServerHello = GNUTLS_HANDSHAKE_SERVER_HELLO;
constexpr unsigned kExtensions = GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS;
constexpr unsigned kRequest = GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST;
constexpr unsigned kCertificate = GNUTLS_HANDSHAKE_CERTIFICATE_PKT;
constexpr unsigned kVerify = GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY;
constexpr unsigned kExchange = GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE;
constexpr unsigned kStatus = GNUTLS_HANDSHAKE_CERTIFICATE_STATUS;
constexpr unsigned kDone = GNUTLS_HANDSHAKE_SERVER_HELLO_DONE;

/// A server of `version` that takes no group which a client of ours has a share for.
support::ServerRecipe asks_again(const std::string& version) {
  auto out = good_server(version);
  out.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  return out;
}

Hello with_random() {
  Hello out;
  out.server_name = "mail.example.org";
  Random random{};
  for (std::size_t i = 0; i < random.size(); ++i) random[i] = std::byte(0xa0 + i);
  out.random = random;
  return out;
}

std::vector<unsigned> types(const std::vector<Bytes>& messages) {
  std::vector<unsigned> out;
  for (const auto& one : messages) {
    out.push_back(std::to_integer<unsigned>(one.front()));
  }
  return out;
}

/// Whether a message is this body behind a header (RFC 8446 4).
bool has_body(const Bytes& message, const Bytes& body) {
  const std::size_t size = std::to_integer<std::size_t>(message[1]) << 16U |
                           std::to_integer<std::size_t>(message[2]) << 8U |
                           std::to_integer<std::size_t>(message[3]);
  return size == body.size() && base::equal(base::ByteView(message).subspan(4), body);
}

/// The random in a ClientHello with its header: behind the version (RFC 8446 4.1.2).
Random random_in(const Bytes& hello) {
  Random out{};
  std::copy_n(hello.begin() + 6, out.size(), out.begin());
  return out;
}

/// Whether what our end kept is what the server's end sent and heard.
void expect_as_on_the_wire(const std::vector<Bytes>& kept,
                           const support::SeenClient& seen) {
  ASSERT_GE(seen.messages.size(), kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_TRUE(has_body(kept[i], seen.messages[i].body)) << i;
  }
}

Bytes body_of(std::size_t size) { return Bytes(size, std::byte{7}); }

class OnTheWire : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Each, OnTheWire, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(OnTheWire, TheRandomIsTheOneThatWasChosen_Rfc8446s4_1_2) {
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), with_random());
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  const auto kept = attempt.session().transcript();
  attempt.hang_up();
  const bool is13 = std::string(GetParam()) == "1.3";
  if (is13) {
    EXPECT_THAT(types(kept),
                ElementsAre(kHello, kServerHello, kExtensions, kCertificate, kVerify));
  } else {
    EXPECT_THAT(types(kept), ElementsAre(kHello, kServerHello, kCertificate, kExchange));
  }
  expect_as_on_the_wire(kept, server.seen());
  EXPECT_EQ(random_in(kept.front()), *with_random().random);
}

TEST_P(OnTheWire, NothingIsKeptThatNobodyWanted) {
  Hello hello = with_random();
  hello.random.reset();
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), hello);
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_THAT(attempt.session().transcript(), IsEmpty());
}

// In TLS 1.2 GnuTLS asks the judge before the server's signature comes.
TEST_P(OnTheWire, ARefusedPeerHasSignedInTls13) {
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), with_random(), Opinion::refuse);
  ASSERT_EQ(attempt.outcome(), "refused");
  const auto kept = attempt.session().transcript();
  ASSERT_FALSE(kept.empty());
  EXPECT_EQ(types(kept).back(),
            std::string(GetParam()) == "1.3" ? kVerify : kCertificate);
  expect_as_on_the_wire(kept, server.seen());
}

TEST_P(OnTheWire, AServerThatAsksForACertificate) {
  auto recipe = good_server(GetParam());
  recipe.client = support::ClientCertificate::asked;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), with_random());
  ASSERT_EQ(attempt.outcome(), "ok");
  const auto kept = attempt.session().transcript();
  attempt.hang_up();
  const bool is13 = std::string(GetParam()) == "1.3";
  EXPECT_EQ(std::ranges::count(types(kept), kRequest), is13 ? 1 : 0);
  EXPECT_EQ(types(kept).back(), is13 ? kVerify : kExchange);
  expect_as_on_the_wire(kept, server.seen());
}

// What GnuTLS cannot read it is given something else for; the peer signed what it sent.
TEST_P(OnTheWire, ACertificateIsKeptAsItCame) {
  auto recipe = good_server(GetParam());
  recipe.chain.front() = odd_leaf();
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), with_random());
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  const auto kept = attempt.session().transcript();
  attempt.hang_up();
  EXPECT_EQ(shown(attempt.judged()), recipe.chain);
  expect_as_on_the_wire(kept, server.seen());
}

TEST_P(OnTheWire, ARawPublicKey_Rfc7250s4) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  Hello hello = with_random();
  hello.raw_keys = RawKeys::offer;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  const auto kept = attempt.session().transcript();
  attempt.hang_up();
  expect_as_on_the_wire(kept, server.seen());
}

TEST_P(OnTheWire, NoSignatureIsKeptThatIsNotComputedWith) {
  auto recipe = good_server(GetParam());
  recipe.chain = {};
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = rsa_spki(Bytes(std::size_t{20'000} / 8, std::byte{0xff}));
  Hello hello = with_random();
  hello.raw_keys = RawKeys::offer;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_NE(attempt.outcome(), "ok");
  for (const unsigned type : types(attempt.session().transcript())) {
    EXPECT_NE(type, kVerify);
    EXPECT_NE(type, kExchange);
  }
}

TEST(HelloRetryRequest, BothHellosHaveTheRandom_Rfc8446s4_1_2) {
  TlsServer server(asks_again("1.3"));
  Attempt attempt(server.take_client(), with_random());
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  const auto kept = attempt.session().transcript();
  attempt.hang_up();
  ASSERT_THAT(types(kept), ElementsAre(kHello, kServerHello, kHello, kServerHello,
                                       kExtensions, kCertificate, kVerify));
  expect_as_on_the_wire(kept, server.seen());
  EXPECT_EQ(random_in(kept[0]), *with_random().random);
  EXPECT_EQ(random_in(kept[2]), *with_random().random);
  EXPECT_NE(kept[0], kept[2]);
}

TEST(Transcript, EndsWithTheSignature) {
  Transcript kept;
  kept.add(Sender::client, kHello, body_of(1));
  kept.add(Sender::server, kServerHello, body_of(300));
  kept.add(Sender::server, kCertificate, body_of(70'000));
  kept.add(Sender::server, kStatus, body_of(0));
  kept.add(Sender::server, kExchange, body_of(2));
  kept.add(Sender::server, kRequest, body_of(2));
  kept.add(Sender::server, kDone, body_of(0));
  kept.add(Sender::client, kHello, body_of(1));
  EXPECT_THAT(types(kept.messages()),
              ElementsAre(kHello, kServerHello, kCertificate, kStatus, kExchange));
  EXPECT_TRUE(has_body(kept.messages()[1], body_of(300)));
  EXPECT_TRUE(has_body(kept.messages()[2], body_of(70'000)));
}

// The signature of TLS 1.3 covers it, that of TLS 1.2 comes before it or not at all.
TEST(Transcript, ACertificateRequestIsPartOfTls13Alone) {
  Transcript old;
  old.add(Sender::server, kCertificate, body_of(1));
  old.add(Sender::server, kRequest, body_of(1));
  EXPECT_THAT(types(old.messages()), ElementsAre(kCertificate));
  Transcript of13;
  of13.add(Sender::server, kExtensions, body_of(2));
  of13.add(Sender::server, kRequest, body_of(1));
  EXPECT_THAT(types(of13.messages()), ElementsAre(kExtensions, kRequest));
}

TEST(Transcript, WhatTheClientSaysBehindItsHelloIsLeftOut) {
  Transcript kept;
  kept.add(Sender::client, kHello, body_of(1));
  kept.add(Sender::client, kCertificate, body_of(1));
  EXPECT_THAT(kept.messages(), SizeIs(1));
}

TEST(Transcript, ALongOneIsNotKeptAtAll) {
  Transcript kept;
  kept.add(Sender::client, kHello, body_of(500));
  for (int i = 0; i < 3; ++i) kept.add(Sender::server, kCertificate, body_of(100'000));
  kept.add(Sender::server, kVerify, body_of(70));
  EXPECT_THAT(kept.messages(), IsEmpty());
}

}  // namespace
}  // namespace tls

// The DNSSEC chain extension (RFC 9102): who asks, who is answered, and in which
// versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/tls/server_fixture.h"

namespace tls {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

constexpr unsigned kDnssecChain = 59;

Hello asking(std::uint16_t port) {
  Hello out;
  out.server_name = "a.example";
  out.chain_port = port;
  return out;
}

class DnssecChain : public ServerTest {
 protected:
  /// A server that says this to everybody who asks.
  void say(base::Bytes words) {
    options_.dnssec_chain = [this, words = std::move(words)](const std::string& name,
                                                             std::uint16_t port) {
      asked_.emplace_back(name, port);
      return words;
    };
  }

  std::vector<std::pair<std::string, std::uint16_t>> asked_;
};

TEST_F(DnssecChain, IsSaidToWhoAsksByNameAndPort_Rfc9102s2) {
  const base::Bytes words = {std::byte{0}, std::byte{9}, std::byte{'x'}};
  say(words);
  Served served(options_);
  Attempt attempt(served.take_client(), asking(4430));
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(attempt.session().dnssec_chain(), words);
  EXPECT_EQ(attempt.session().facts().protocol, "TLSv1.2");
  EXPECT_THAT(asked_, ElementsAre(Pair("a.example", 4430)));
}

TEST_F(DnssecChain, FillsAHelloAlmostToItsEnd) {
  const base::Bytes words(65'000, std::byte{7});
  say(words);
  Served served(options_);
  Attempt attempt(served.take_client(), asking(443));
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(attempt.session().dnssec_chain(), words);
}

TEST_F(DnssecChain, IsNotSaidWhereThereIsNothingToSay) {
  say({});
  Served served(options_);
  Attempt attempt(served.take_client(), asking(443));
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(attempt.session().dnssec_chain(), std::nullopt);
}

TEST_F(DnssecChain, IsNotSaidToWhoDoesNotAsk) {
  say({std::byte{0}, std::byte{0}, std::byte{'x'}});
  for (const char* version : {"1.2", "1.3"}) {
    Served served(options_);
    Options options;
    options.priorities = only(version);
    Hello hello;
    hello.server_name = "a.example";
    Attempt attempt(served.take_client(), hello, Opinion::believe, options);
    ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
    EXPECT_EQ(attempt.session().dnssec_chain(), std::nullopt);
  }
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(DnssecChain, AServerThatDoesNotKnowItSaysNothing) {
  support::TlsServer server(good_server("1.2"));
  Attempt attempt(server.take_client(), asking(443));
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(attempt.session().dnssec_chain(), std::nullopt);
  attempt.hang_up();
  EXPECT_THAT(server.seen().extensions, Contains(kDnssecChain));
}

TEST_F(DnssecChain, NobodyAsksWithoutAName_Rfc9102s2) {
  support::TlsServer server(good_server("1.2"));
  Hello hello;
  hello.chain_port = 443;
  Attempt attempt(server.take_client(), hello);
  attempt.hang_up();
  EXPECT_THAT(server.seen().extensions, Not(Contains(kDnssecChain)));
}

TEST_F(DnssecChain, WhoAsksOffersTls12Alone) {
  support::TlsServer server(good_server("1.3"));
  Attempt attempt(server.take_client(), asking(443));
  EXPECT_EQ(attempt.outcome(), "handshake");
  EXPECT_EQ(attempt.judgements(), 0);
}

TEST_F(DnssecChain, IsNotAskedForUnlessSomebodyWantsIt) {
  support::TlsServer server(good_server("1.2"));
  Attempt attempt(server.take_client());
  attempt.hang_up();
  EXPECT_THAT(server.seen().extensions, Not(Contains(kDnssecChain)));
}

}  // namespace
}  // namespace tls

#include <gmock/gmock.h>

#include <set>

#include "tests/client/flow_case.h"

namespace client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The random in a ClientHello that has its header (RFC 8446 4, 4.1.2).
tls::Random random_in(const base::Bytes& hello) {
  tls::Random out{};
  std::copy_n(hello.begin() + 6, out.size(), out.begin());
  return out;
}

TEST_F(Flow, WithoutAChallengeNothingIsKept) {
  serve(good_server());
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "ok");
  EXPECT_THAT(connection.seen.transcript, IsEmpty());
}

// It may stand on the terms, so it is not asked for before they are there.
TEST_F(Flow, AChallengeIsMadeBetweenTheTermsAndTheHello) {
  auto& server = serve(good_server());
  tls::Random random{};
  random.fill(std::byte{0x5a});
  options_.challenge = [&](const net::Endpoint& peer, const std::string& server_name) {
    EXPECT_EQ(peer, kPeer);
    EXPECT_EQ(server_name, "mail.example.org");
    events_.emplace_back("challenge");
    return random;
  };
  std::vector<base::Bytes> kept;
  {
    const auto connection = reach(after("greet", terms_for(good_server())));
    EXPECT_EQ(word(connection), "ok");
    kept = connection.seen.transcript;
  }
  EXPECT_THAT(events_, ElementsAre("greet", "terms", "ask", "challenge", "resume"));
  ASSERT_FALSE(kept.empty());
  EXPECT_EQ(random_in(kept.front()), random);
  const auto& heard = server.seen().messages.front().body;
  EXPECT_TRUE(base::equal(base::ByteView(kept.front()).subspan(4), heard));
}

TEST_F(Flow, ARefusedPeerHasAnsweredTheChallenge) {
  auto terms = terms_for(good_server());
  terms.requirement.records = {foreign_record()};
  serve(good_server());
  options_.challenge = [](const net::Endpoint&, const std::string&) {
    return tls::Random{};
  };
  const auto connection = reach(terms);
  EXPECT_EQ(word(connection), "refused");
  ASSERT_FALSE(connection.seen.transcript.empty());
  EXPECT_EQ(connection.seen.transcript.back().front(), std::byte{15})
      << "CertificateVerify";
}

TEST_F(Flow, EachConnectionHasAChallengeOfItsOwn) {
  serve(odd_usage());
  serve(odd_usage());
  std::vector<tls::Random> made;
  options_.challenge = [&](const net::Endpoint&, const std::string&) {
    tls::Random random{};
    random.fill(std::byte(made.size() + 1));
    made.push_back(random);
    return random;
  };
  const auto connection = reach(terms_for(odd_usage()));
  EXPECT_EQ(word(connection), "ok");
  ASSERT_EQ(connection.earlier.size(), 1U);
  EXPECT_THAT(connection.earlier.front().transcript, IsEmpty()) << "nobody was judged";
  ASSERT_EQ(made.size(), 2U);
  ASSERT_FALSE(connection.seen.transcript.empty());
  EXPECT_EQ(random_in(connection.seen.transcript.front()), made.back());
}

}  // namespace
}  // namespace client

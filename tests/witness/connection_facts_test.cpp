#include "src/witness/connection_facts.h"

#include <gtest/gtest.h>

#include "src/witness/connection_bundle.h"
#include "tests/support/peers.h"

namespace witness {
namespace {

using client::Progress;
using evidence::Json;

base::Error error(std::string detail) {
  return {base::ErrorKind::temporary, base::Code::connect, std::move(detail)};
}

ConnectionFacts connection() {
  const net::Endpoint peer{net::parse_address("192.0.2.25").value(), 25};
  const net::Endpoint other{net::parse_address("2001:db8::25").value(), 25};
  ConnectionFacts out;
  out.host = "mx.example.org";
  out.port = 25;
  out.connection.peer = peer;
  out.connection.failures = {{other, error("nobody")}};
  client::RecordedTry broken;
  broken.progress = Progress::connected;
  broken.error = error("a\nb");
  broken.rejection = {550, {"go away"}};
  client::RecordedTry good;
  good.progress = Progress::established;
  good.session.emplace().protocol = "TLSv1.3";
  good.chain = verify::RawPublicKey{base::Bytes(3)};
  out.connection.tries = {broken, good};
  out.handshakes.resize(2);
  return out;
}

TEST(ConnectionFacts, ComeOutAsTheyWentIn) {
  const Json written = to_facts({connection()});
  const auto read = connections_in(written);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(to_facts(*read), written);
  const auto& tries = read->front().connection.tries;
  EXPECT_EQ(tries[0].error->detail, "a?b");
  EXPECT_EQ(tries[0].rejection.code, 550);
  EXPECT_EQ(tries[1].session->protocol, "TLSv1.3");
  EXPECT_EQ(read->front().connection.peer, connection().connection.peer);
}

TEST(ConnectionFacts, AChainStandsWhereItWasSigned) {
  ConnectionFacts facts = connection();
  facts.handshakes[1] = 7;
  const Json written = to_facts({facts});
  EXPECT_FALSE(written[0]["tries"][1].contains("chain"));
  const auto read = connections_in(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->front().handshakes[1], 7U);
}

TEST(ConnectionFacts, NobodyAnsweredAtNoAddress) {
  ConnectionFacts facts = connection();
  facts.connection.tries.resize(1);
  facts.connection.tries[0].progress = Progress::nothing;
  facts.handshakes.resize(1);
  const Json written = to_facts({facts});
  EXPECT_FALSE(written[0].contains("address"));
  EXPECT_TRUE(connections_in(written));
}

TEST(ConnectionFacts, WhatIsNotInItsOneFormIsRefused) {
  const Json good = to_facts({connection()});
  const auto refused = [&](const char* path, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(path)] = value;
    const auto out = connections_in(bad);
    ASSERT_FALSE(out) << path;
    EXPECT_EQ(out.error().code, base::Code::bad_evidence);
  };
  refused("/0/more", 1);
  refused("/0/tries", Json::array());
  refused("/0/port", 70'000);
  refused("/0/port", "25");
  refused("/0/address", "mx.example.org");
  refused("/0/address", "192.000.002.025");
  refused("/0/tries/0/progress", "proved");
  refused("/0/tries/0/error/kind", 9);
  refused("/0/tries/0/error/code", "nonsense");
  refused("/0/tries/0/error/detail", "a\nb");
  refused("/0/tries/1/chain", Json{{"key", "AAA"}});
  refused("/0/tries/1/session/session_id", "x");
  refused("/0", 1);
  EXPECT_FALSE(connections_in(Json::object()));
}

}  // namespace
}  // namespace witness

#include "src/client/flow.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>

#include "tests/client/flow_case.h"

namespace client {
namespace {

using namespace std::chrono_literals;
using policy::Proof;
using testing::ElementsAre;
using testing::IsEmpty;

base::Result<Terms> bogus() {
  return base::fail(base::ErrorKind::temporary, base::Code::bogus, "bogus (DNSSEC)");
}

TEST_F(Flow, ProvesAPeerByItsRecord_Rfc7671s5_1) {
  auto& server = serve(good_server());
  {
    const auto connection = reach(terms_for(good_server()));
    EXPECT_EQ(word(connection), "ok");
    EXPECT_EQ(connection.seen.progress, Progress::established);
    EXPECT_EQ(connection.seen.verdict->outcome, verify::Outcome::dane);
    EXPECT_EQ(std::get<verify::Certificates>(connection.seen.chain), good_server().chain);
    EXPECT_TRUE(connection.seen.session.has_value());
    EXPECT_NE(connection.channel->session(), nullptr);
    EXPECT_THAT(connection.earlier, IsEmpty());
    EXPECT_THAT(events_, ElementsAre("greet", "ask", "resume"));
  }
  EXPECT_EQ(server.seen().server_name, "mail.example.org");
}

TEST_F(Flow, APeerThatIsNotProvedHearsNothing_Rfc7672s3_2) {
  auto terms = terms_for(good_server());
  terms.requirement.records = {foreign_record()};
  auto& server = serve(good_server());
  const auto connection = reach(terms);
  EXPECT_EQ(word(connection), "refused");
  EXPECT_EQ(connection.seen.verdict->outcome, verify::Outcome::rejected);
  EXPECT_EQ(connection.seen.error->detail, connection.seen.verdict->detail);
  EXPECT_EQ(connection.seen.progress, Progress::tls_begun);
  EXPECT_EQ(connection.channel, nullptr);
  EXPECT_EQ(dialled_.size(), 1U) << "a refused peer gets no second try";
  EXPECT_THAT(events_, ElementsAre("greet", "ask"));
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(server.seen().heard, "");
}

TEST_F(Flow, OnlyLooksWhereNobodyIsToBeTurnedAway) {
  auto terms = terms_for(good_server());
  terms.requirement.records = {foreign_record()};
  options_.enforcement = Enforcement::look_only;
  serve(good_server());
  const auto connection = reach(terms);
  EXPECT_EQ(word(connection), "ok");
  EXPECT_EQ(connection.seen.verdict->outcome, verify::Outcome::unauthenticated);
  EXPECT_EQ(std::get<verify::Certificates>(connection.seen.chain), good_server().chain);
}

TEST_F(Flow, IsGreetedWhileTheTermsAreLookedUp) {
  serve(good_server());
  const auto connection = reach(after("greet", terms_for(good_server())));
  EXPECT_EQ(word(connection), "ok");
  EXPECT_THAT(events_, ElementsAre("greet", "terms", "ask", "resume"));
}

TEST_F(Flow, ALookUpThatFailsEndsTheConnectionBeforeTls_Rfc7672s2_1_1) {
  auto& server = serve(good_server());
  const auto connection = reach(after("greet", bogus()));
  EXPECT_EQ(word(connection), "bogus");
  EXPECT_FALSE(connection.seen.verdict.has_value());
  EXPECT_EQ(connection.channel, nullptr);
  EXPECT_THAT(events_, ElementsAre("greet", "terms", "leave"));
  EXPECT_THAT(server.seen().extensions, IsEmpty()) << "a hello was sent";
}

TEST_F(Flow, TheErrorOfTheLookUpIsToldBeforeThatOfTheConnection) {
  const auto connection = reach(
      [] { return []() -> io::Task<base::Result<Terms>> { co_return bogus(); }(); });
  EXPECT_EQ(word(connection), "bogus");
}

// A dead host is not waited for once its records are known to be bogus.
TEST_F(Flow, ALookUpThatFailsEndsWhatIsStillConnecting) {
  options_.dial = [this](io::Loop&, std::vector<net::Endpoint>, io::Source,
                         io::ConnectTimeouts,
                         io::Abort& abort) -> io::Task<io::ConnectOutcome> {
    events_.emplace_back("dial");
    while (!abort.requested()) {
      io::Timer soon(loop_, 1ms);
      asio::error_code ignored;
      co_await soon.async_wait(asio::redirect_error(io::kResume, ignored));
    }
    co_return io::ConnectOutcome{};
  };
  const auto connection = reach(after("dial", bogus()));
  EXPECT_EQ(word(connection), "bogus");
}

TEST_F(Flow, AnAddressThatDoesNotAnswer) {
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "timeout");
  EXPECT_EQ(connection.seen.progress, Progress::nothing);
  EXPECT_EQ(connection.failures.size(), 1U);
  EXPECT_EQ(connection.terms.facts.state, policy::TlsaState::present);
}

TEST_F(Flow, ASecondTryLeavesKeyUsageToDaneEe_Rfc7671s5_1) {
  serve(odd_usage());
  serve(odd_usage());
  const auto connection = reach(terms_for(odd_usage()));
  EXPECT_EQ(word(connection), "ok");
  EXPECT_EQ(connection.seen.verdict->outcome, verify::Outcome::dane);
  ASSERT_EQ(connection.earlier.size(), 1U);
  EXPECT_EQ(connection.earlier.front().error->code, base::Code::key_usage);
  EXPECT_FALSE(connection.earlier.front().verdict.has_value());
  EXPECT_TRUE(connection.requirement.only_dane_ee);
  EXPECT_EQ(dialled_.size(), 2U);
}

TEST_F(Flow, NoSecondTryByAnAnchor_Rfc5280s4_2_1_3) {
  serve(odd_usage());
  serve(odd_usage());
  const auto connection = reach(terms_for(odd_usage(), 2));
  EXPECT_EQ(word(connection), "key-usage");
  EXPECT_EQ(dialled_.size(), 1U);
}

TEST_F(Flow, GoesOnInClearTextWhereTlsIsAChoice_Rfc7672s2_2) {
  auto unreadable = good_server();
  unreadable.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1";
  serve(unreadable);
  serve(good_server());
  options_.second_tries.clear_text = ClearTextAfterFailure::if_tls_is_optional;
  const auto connection = reach(opportunistic());
  EXPECT_EQ(word(connection), "ok");
  EXPECT_EQ(connection.seen.progress, Progress::connected);
  EXPECT_FALSE(connection.seen.session.has_value());
  EXPECT_EQ(connection.requirement.tls, policy::Tls::never);
  ASSERT_EQ(connection.earlier.size(), 1U);
  EXPECT_EQ(connection.earlier.front().progress, Progress::tls_begun);
  EXPECT_THAT(events_, ElementsAre("greet", "ask", "greet", "ask"));
}

TEST_F(Flow, NoClearTextForAProgramThatWantsNone) {
  auto unreadable = good_server();
  unreadable.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1";
  serve(unreadable);
  serve(good_server());
  const auto connection = reach(opportunistic());
  EXPECT_FALSE(connection.is_good());
  EXPECT_EQ(dialled_.size(), 1U);
}

TEST_F(Flow, TheNameForTheHello_Rfc7672s8_1) {
  struct Row {
    ServerName when;
    Proof proof;
    std::optional<std::string> given;
    std::string_view said;
  };
  for (const auto& row :
       {Row{ServerName::always, Proof::dane, {}, "mail.example.org"},
        Row{ServerName::always, Proof::nothing, {}, "mail.example.org"},
        Row{ServerName::dane_only, Proof::dane, {}, "mail.example.org"},
        Row{ServerName::dane_only, Proof::nothing, {}, ""},
        Row{ServerName::dane_only, Proof::nothing, "given.example", "given.example"},
        Row{ServerName::always, Proof::dane, "given.example", "given.example"},
        Row{ServerName::always, Proof::dane, "192.0.2.1", ""}}) {
    auto& server = serve(good_server());
    options_.hello = row.when;
    options_.server_name = row.given;
    auto terms = terms_for(good_server());
    terms.requirement.proof = row.proof;
    {
      const auto connection = reach(terms);
      EXPECT_EQ(word(connection), "ok");
    }
    EXPECT_EQ(server.seen().server_name, row.said);
  }
}

/// An opening that says nothing, for tests of how long one takes.
class SilentOpening : public Opening {
 public:
  io::Task<base::Result<void>> greet(tls::Channel& /*channel*/) override {
    co_return base::Result<void>();
  }
  io::Task<base::Result<NextStep>> ask_for_tls(tls::Channel& /*channel*/,
                                               const policy::Requirement&) override {
    co_return NextStep::handshake;
  }
  io::Task<base::Result<void>> resume(tls::Channel& /*channel*/) override {
    co_return base::Result<void>();
  }
  io::Task<void> leave(tls::Channel& /*channel*/) override { co_return; }
};

/// An opening that waits until it is shut down.
class EndlessOpening final : public SilentOpening {
 public:
  io::Task<base::Result<void>> greet(tls::Channel& channel) override {
    const auto heard = co_await channel.read(io::Clock::now() + 60s);
    if (!heard) co_return tl::unexpected(heard.error());
    co_return base::fail(base::ErrorKind::temporary, base::Code::closed, "closed");
  }
};

TEST_F(Flow, AConnectionHasAnEndWhateverThePeerSays) {
  serve(good_server());
  options_.longest = 20ms;
  options_.opening = [] { return std::make_unique<EndlessOpening>(); };
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "timeout");
  EXPECT_EQ(connection.seen.progress, Progress::connected);
}

/// An opening that took all the time that there is for the handshake.
class SlowOpening final : public SilentOpening {
 public:
  [[nodiscard]] io::Duration counted() const override { return 60s; }
};

TEST_F(Flow, WhatTheOpeningTookIsNoTimeOfTheHandshake) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const io::Descriptor silent(ends[1]);
  options_.dial = [&](io::Loop&, std::vector<net::Endpoint>, io::Source,
                      io::ConnectTimeouts, io::Abort&) { return connected(ends[0]); };
  options_.opening = [] { return std::make_unique<SlowOpening>(); };
  options_.handshake_limit = 60s;
  const auto begin = io::Clock::now();
  EXPECT_EQ(word(reach(terms_for(good_server()))), "timeout");
  EXPECT_LT(io::Clock::now() - begin, 30s);
}

// In TLS 1.2 the server's last word comes after the judgement.
TEST_F(Flow, AVerdictIsNoneWhereTheHandshakeThenBrokeOff) {
  auto demanding = good_server();
  demanding.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
  demanding.client = support::ClientCertificate::demanded;
  serve(demanding);
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "handshake");
  EXPECT_EQ(connection.seen.progress, Progress::tls_begun);
  EXPECT_FALSE(connection.seen.verdict.has_value());
  EXPECT_FALSE(connection.seen.session.has_value());
}

TEST_F(Flow, TellsOfEachConnectionThatStands) {
  serve(odd_usage());
  serve(odd_usage());
  int told = 0;
  options_.on_connected = [&](const io::ConnectOutcome& connected) {
    ++told;
    EXPECT_GE(connected.socket.get(), 0);
    EXPECT_EQ(connected.peer, kPeer);
  };
  const auto connection = reach(terms_for(odd_usage()));
  EXPECT_EQ(connection.peer, kPeer);
  EXPECT_EQ(told, 2);
}

TEST(Seen, OfWhichNothingIsKnownHasFailed) {
  EXPECT_TRUE(Seen().error.has_value());
  EXPECT_FALSE(Connection().is_good());
}

}  // namespace
}  // namespace client

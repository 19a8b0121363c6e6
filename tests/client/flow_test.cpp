#include "src/client/flow.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <asio/redirect_error.hpp>
#include <deque>
#include <set>

#include "src/io/run_task.h"
#include "tests/support/peers.h"
#include "tests/support/tls_server.h"

namespace client {
namespace {

using namespace std::chrono_literals;
using policy::Proof;
using support::TlsServer;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kServerAuth = GNUTLS_KEY_KEY_AGREEMENT;  // no signature: not for a server

const support::ServerRecipe& good_server() {
  static const support::ServerRecipe kServer = [] {
    support::ServerRecipe out;
    out.chain = {support::make(support::leaf("Root", {"mail.example.org"})),
                 support::make(support::ca("Root"))};
    return out;
  }();
  return kServer;
}

/// A record for a key that no server has.
dns::Tlsa foreign_record() {
  auto recipe = support::leaf("Root", {"mail.example.org"});
  recipe.key = {"other"};
  return support::record(3, 1, 1, support::make(recipe));
}

/// A server whose key must not sign, by its certificate.
support::ServerRecipe odd_usage() {
  auto out = good_server();
  auto recipe = support::leaf("Root", {"mail.example.org"});
  recipe.key_usage = kServerAuth;
  out.chain.front() = support::make(recipe);
  return out;
}

/// What holds a peer to its own leaf.
Terms terms_for(const support::ServerRecipe& server, int usage = 3) {
  Terms out;
  out.facts.state = policy::TlsaState::present;
  out.facts.names = {dns::Name::parse("mail.example.org").value()};
  out.facts.records = {support::record(usage, 1, 1, server.chain.at(usage == 3 ? 0 : 1))};
  out.requirement.records = out.facts.records;
  out.requirement.names = out.facts.names;
  out.requirement.service = policy::Service::smtp;
  return out;
}

Terms opportunistic() {
  Terms out;
  out.requirement.proof = Proof::nothing;
  out.requirement.tls = policy::Tls::optional;
  return out;
}

/// What happened, in its order.
using Events = std::vector<std::string>;

/// An opening that says nothing and keeps what it is asked.
class QuietOpening final : public Opening {
 public:
  explicit QuietOpening(Events& events) : events_(events) {}

  io::Task<base::Result<void>> greet(tls::Channel& /*channel*/) override {
    events_.emplace_back("greet");
    co_return base::Result<void>();
  }
  io::Task<base::Result<NextStep>> ask_for_tls(
      tls::Channel& /*channel*/, const policy::Requirement& requirement) override {
    events_.emplace_back("ask");
    if (requirement.tls == policy::Tls::never) co_return NextStep::clear_text;
    co_return NextStep::handshake;
  }
  io::Task<base::Result<void>> resume(tls::Channel& /*channel*/) override {
    events_.emplace_back("resume");
    co_return base::Result<void>();
  }
  io::Task<void> leave(tls::Channel& /*channel*/) override {
    events_.emplace_back("leave");
    co_return;
  }

 private:
  Events& events_;
};

/// A flow whose connections lead to servers of the test, one after the other.
class Flow : public testing::Test {
 protected:
  Flow() {
    options_.opening = [this] { return std::make_unique<QuietOpening>(events_); };
    options_.handshake_limit = 10s;
    options_.dial = [this](io::Loop&, std::vector<net::Endpoint> endpoints, io::Source,
                           io::ConnectTimeouts, io::Abort&) { return dial(endpoints); };
  }

  TlsServer& serve(support::ServerRecipe recipe) {
    servers_.push_back(std::make_unique<TlsServer>(std::move(recipe)));
    return *servers_.back();
  }

  Connection reach(TermsLookup terms) {
    auto task = client::reach(loop_, {kPeer}, std::move(terms), options_);
    return io::run_task(loop_, std::move(task));
  }
  Connection reach(const Terms& terms) { return reach(known(terms)); }

  static std::string word(const Connection& connection) {
    const auto& error = connection.seen.error;
    return error ? std::string(base::to_text(error->code)) : "ok";
  }

  /// A connection that stands already.
  static io::Task<io::ConnectOutcome> connected(int socket) {
    io::ConnectOutcome out;
    out.socket = io::Descriptor(socket);
    co_return out;
  }

  /// The terms do not come before `events_` holds `event`.
  TermsLookup after(std::string event, base::Result<Terms> terms) {
    return [this, event, terms] { return wait_for(event, terms); };
  }

  static constexpr net::Endpoint kPeer{{net::Family::v4, {}, 0}, 25};
  io::Loop loop_{1};
  Options options_;
  Events events_;
  std::vector<std::unique_ptr<TlsServer>> servers_;
  std::vector<std::vector<net::Endpoint>> dialled_;

 private:
  io::Task<io::ConnectOutcome> dial(std::vector<net::Endpoint> endpoints) {
    io::ConnectOutcome out;
    out.peer = endpoints.front();
    if (dialled_.size() < servers_.size()) {
      out.socket = servers_.at(dialled_.size())->take_client();
    } else {
      out.failures = {{endpoints.front(),
                       {base::ErrorKind::temporary, base::Code::timeout, "timed out"}}};
    }
    dialled_.push_back(std::move(endpoints));
    co_return out;
  }
  io::Task<base::Result<Terms>> wait_for(std::string event, base::Result<Terms> terms) {
    while (std::ranges::find(events_, event) == events_.end()) {
      io::Timer soon(loop_, 1ms);
      asio::error_code ignored;
      co_await soon.async_wait(asio::redirect_error(io::kResume, ignored));
    }
    events_.emplace_back("terms");
    co_return terms;
  }
};

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
  [[nodiscard]] io::Duration counted() const override { return 3s; }
};

TEST_F(Flow, WhatTheOpeningTookIsNoTimeOfTheHandshake) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const io::Descriptor silent(ends[1]);
  options_.dial = [&](io::Loop&, std::vector<net::Endpoint>, io::Source,
                      io::ConnectTimeouts, io::Abort&) { return connected(ends[0]); };
  options_.opening = [] { return std::make_unique<SlowOpening>(); };
  options_.handshake_limit = 3s;
  const auto begin = io::Clock::now();
  EXPECT_EQ(word(reach(terms_for(good_server()))), "timeout");
  EXPECT_LT(io::Clock::now() - begin, 2s);
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

TEST(NextTry, IsMadeForKeyUsageAndForOptionalTls) {
  using enum Progress;
  const SecondTries never;
  const SecondTries if_tls_is_optional{DespiteKeyUsage::try_again,
                                       ClearTextAfterFailure::if_tls_is_optional};
  const SecondTries no_key_usage{DespiteKeyUsage::never, ClearTextAfterFailure::never};
  const base::Error usage{base::ErrorKind::temporary, base::Code::key_usage, ""};
  const base::Error broken{base::ErrorKind::temporary, base::Code::handshake, ""};
  const auto plain = opportunistic().requirement;
  auto required = plain;
  required.tls = policy::Tls::required;
  auto second = plain;
  second.only_dane_ee = true;

  EXPECT_TRUE(next_try(plain, usage, tls_begun, never)->only_dane_ee);
  EXPECT_FALSE(next_try(second, usage, tls_begun, never));
  EXPECT_FALSE(next_try(plain, usage, tls_begun, no_key_usage));
  EXPECT_EQ(next_try(second, usage, tls_begun, if_tls_is_optional)->tls,
            policy::Tls::never);
  EXPECT_EQ(next_try(plain, broken, tls_begun, if_tls_is_optional)->tls,
            policy::Tls::never);
  EXPECT_FALSE(next_try(plain, broken, tls_begun, never));
  EXPECT_FALSE(next_try(required, broken, tls_begun, if_tls_is_optional));
  for (const Progress progress : {nothing, connected, established}) {
    EXPECT_FALSE(next_try(plain, broken, progress, if_tls_is_optional));
  }
}

}  // namespace
}  // namespace client

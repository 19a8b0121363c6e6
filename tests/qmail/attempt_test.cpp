#include "src/qmail/attempt.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "src/client/live_contact.h"
#include "src/io/run_task.h"
#include "src/qmail/attempt_count.h"
#include "src/qmail/message.h"
#include "src/qmail/reachability.h"
#include "tests/qmail/home.h"
#include "tests/support/loopback.h"

namespace qmail {
namespace {

AttemptResult failed(base::Code code) {
  AttemptResult out;
  out.report = base::fail(base::ErrorKind::temporary, code, "why");
  return out;
}

TEST(AttemptResult, UntilSomebodySaysOtherwiseItHasFailed) {
  const AttemptResult nothing;
  ASSERT_FALSE(nothing.report);
  EXPECT_EQ(nothing.report.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(reachability(nothing), Reachability::unknown);
}

// --- of a flow

client::Seen seen(client::Progress progress, std::optional<base::Code> code) {
  client::Seen out;
  out.progress = progress;
  out.error.reset();
  if (code) out.error = base::Error{base::ErrorKind::temporary, *code, "why"};
  return out;
}

client::Connection flow(policy::Tls asked, client::Seen last) {
  client::Connection out;
  out.terms.requirement.tls = asked;
  out.requirement.tls = asked;
  out.seen = std::move(last);
  return out;
}

TEST(AttemptResult, AFlowThatFailedIsAnError) {
  const auto result = attempt_result(flow(
      policy::Tls::required, seen(client::Progress::tls_begun, base::Code::refused)));
  ASSERT_FALSE(result.report);
  EXPECT_EQ(result.report.error().code, base::Code::refused);
  EXPECT_TRUE(result.connected);
  EXPECT_TRUE(result.earlier.empty());
}

TEST(AttemptResult, AFlowThatCameAboutIsNoReportYet) {
  const auto result = attempt_result(
      flow(policy::Tls::required, seen(client::Progress::established, std::nullopt)));
  ASSERT_FALSE(result.report) << "the server has decided nothing";
  EXPECT_EQ(result.report.error().code, base::Code::local);
  EXPECT_TRUE(result.facts.has_tls());
}

TEST(AttemptResult, WhoeverAnsweredOnceWasConnected) {
  using client::Progress;
  const client::Seen silent = seen(Progress::nothing, base::Code::timeout);
  EXPECT_FALSE(attempt_result(flow(policy::Tls::required, silent)).connected);
  EXPECT_TRUE(attempt_result(flow(policy::Tls::required,
                                  seen(Progress::connected, base::Code::greeting)))
                  .connected);
  client::Connection second = flow(policy::Tls::required, silent);
  second.earlier.push_back(seen(Progress::tls_begun, base::Code::key_usage));
  EXPECT_TRUE(attempt_result(second).connected);
}

TEST(AttemptResult, AHandshakeThatClearTextMadeUpForIsKept_Rfc8460s4_3) {
  client::Connection plain =
      flow(policy::Tls::optional, seen(client::Progress::connected, std::nullopt));
  plain.requirement.tls = policy::Tls::never;
  plain.earlier.push_back(seen(client::Progress::tls_begun, base::Code::handshake));
  const auto result = attempt_result(plain);
  ASSERT_EQ(result.earlier.size(), 1U);
  ASSERT_FALSE(result.earlier.front().report);
  EXPECT_EQ(result.earlier.front().report.error().code, base::Code::handshake);
}

TEST(AttemptResult, AHandshakeThatAnotherOneMadeUpForIsNot) {
  client::Connection again =
      flow(policy::Tls::required, seen(client::Progress::established, std::nullopt));
  again.earlier.push_back(seen(client::Progress::tls_begun, base::Code::key_usage));
  EXPECT_TRUE(attempt_result(again).earlier.empty());
  EXPECT_TRUE(attempt_result(flow(policy::Tls::never,
                                  seen(client::Progress::connected, std::nullopt)))
                  .earlier.empty())
      << "where clear text was asked for nothing failed";
}

// --- with a server

/// A mail server on this machine. Whoever asks for STARTTLS is hung up on instead.
class MailServer {
 public:
  MailServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    port_ = support::bind_to_loopback(listener_.get());
    EXPECT_EQ(listen(listener_.get(), 5), 0);
    thread_ = std::thread([this] { run(); });
  }
  ~MailServer() { end(); }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  [[nodiscard]] net::Endpoint endpoint() const {
    return {*net::parse_address("127.0.0.1"), port_};
  }
  /// The first words of the commands, a text for each connection.
  [[nodiscard]] const std::vector<std::string>& heard() {
    end();
    return heard_;
  }

 private:
  void end() {
    shutdown(listener_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  void run() {
    for (;;) {
      const io::Descriptor peer(accept(listener_.get(), nullptr, nullptr));
      if (!peer) return;
      heard_.emplace_back();
      talk(peer.get());
    }
  }
  void talk(int peer) {
    const auto say = [&](std::string_view text) {
      (void)::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
    };
    say("220 a\r\n");
    bool in_data = false;
    std::string buffer;
    for (std::array<char, 512> part{};;) {
      const ssize_t n = ::read(peer, part.data(), part.size());
      if (n <= 0) return;
      buffer.append(part.data(), static_cast<std::size_t>(n));
      for (std::size_t end = 0; (end = buffer.find("\r\n")) != std::string::npos;) {
        const std::string line = buffer.substr(0, end);
        buffer.erase(0, end + 2);
        if (in_data && line != ".") continue;
        in_data = line == "DATA";
        heard_.back() += line.substr(0, line.find(' ')) + " ";
        if (line == "STARTTLS") return say("220 go\r\n");
        say(in_data                    ? "354 go\r\n"
            : line.starts_with("EHLO") ? "250-a\r\n250 STARTTLS\r\n"
                                       : "250 ok\r\n");
      }
    }
  }

  io::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::vector<std::string> heard_;
  std::thread thread_;
};

/// What an attempt at this server comes to where TLS is this and nobody is proved.
AttemptResult attempt_at(const MailServer& server, policy::Tls tls) {
  Home home;
  home.file("message", "hello\n");
  const io::Descriptor file(open(home.path("message").c_str(), O_RDONLY | O_CLOEXEC));
  const Mail mail{{"me@here.example", {"you@there.example"}},
                  scan_message(file.get(), {}).value(),
                  file.get()};
  client::Terms terms;
  terms.requirement.proof = policy::Proof::nothing;
  terms.requirement.tls = tls;
  Approach approach;
  approach.endpoint = server.endpoint();
  approach.terms = client::known(terms);
  io::Loop loop(1);
  client::LiveContact contact(loop);
  return io::run_task(loop, attempt(contact, approach, mail::Options(), mail));
}

TEST(Attempt, AHandshakeThatBreaksOffIsFollowedByClearText_Rfc7672s2_2) {
  MailServer server;
  const auto result = attempt_at(server, policy::Tls::optional);
  ASSERT_TRUE(result.report) << result.report.error().detail;
  EXPECT_EQ(result.report->state, MessageState::accepted);
  EXPECT_EQ(result.earlier.size(), 1U);
  EXPECT_THAT(server.heard(),
              testing::ElementsAre("EHLO STARTTLS ", "EHLO MAIL RCPT DATA . QUIT "));
}

TEST(Attempt, NoClearTextWhereTlsIsRequired_Rfc7672s2_2) {
  MailServer server;
  EXPECT_FALSE(attempt_at(server, policy::Tls::required).report);
  EXPECT_THAT(server.heard(), testing::ElementsAre("EHLO STARTTLS "));
}

// --- what it says of the address

TEST(Reachability, OnlySilenceCountsAgainstAnAddress) {
  EXPECT_EQ(reachability(failed(base::Code::timeout)), Reachability::silent);
  EXPECT_EQ(reachability(failed(base::Code::connect)), Reachability::unknown)
      << "a refused connection is no dead host";
}

TEST(Reachability, WhoeverWasConnectedToAnswers) {
  for (const base::Code code :
       {base::Code::timeout, base::Code::refused, base::Code::greeting}) {
    AttemptResult result = failed(code);
    result.connected = true;
    EXPECT_EQ(reachability(result), Reachability::answers);
  }
  AttemptResult taken;
  taken.connected = true;
  taken.report = report_of(MessageState::accepted, "");
  EXPECT_EQ(reachability(taken), Reachability::answers);
}

TEST(AttemptCount, AHostHasABound) {
  AttemptCount count;
  for (std::size_t i = 0; i < AttemptCount::kMostOfHost; ++i) EXPECT_TRUE(count.take());
  EXPECT_FALSE(count.take());
  EXPECT_FALSE(count.take());
  count.next_host();
  EXPECT_TRUE(count.take());
}

TEST(AttemptCount, AMessageHasABound) {
  AttemptCount count;
  std::size_t taken = 0;
  for (int host = 0; host < 100; ++host) {
    count.next_host();
    for (int i = 0; i < 10; ++i) taken += count.take() ? 1 : 0;
  }
  EXPECT_EQ(taken, 256U);
  EXPECT_EQ(AttemptCount::kMostOfHost, 64U);
}

}  // namespace
}  // namespace qmail

#include "src/mail/smtp_opening.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "src/io/run_task.h"

namespace mail {
namespace {

using client::NextStep;
using policy::Tls;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

/// A server whose answers lie ready: what it hears does not change them.
class Server {
 public:
  explicit Server(std::string_view answers) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0);
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    say(answers);
  }
  ~Server() { close(ends_[1]); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void say(std::string_view text) {
    EXPECT_EQ(::send(ends_[1], text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  void hang_up() { shutdown(ends_[1], SHUT_WR); }
  io::Descriptor client() { return io::Descriptor(ends_[0]); }
  std::string heard() {
    std::array<char, 4096> buffer{};
    const ssize_t n = ::recv(ends_[1], buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : "";
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// What the talk before TLS comes to.
struct Outcome {
  std::string word;  ///< `handshake`, `clear-text`, or the code of an error
  int rejection = 0;
  std::string heard;
  smtp::Offers offers;
};

SmtpOptions options() { return {"me.example", 5s, 5s, TlsStart::starttls}; }

io::Task<base::Result<NextStep>> talk(SmtpOpening& opening, tls::Channel& channel,
                                      policy::Requirement requirement) {
  const auto greeted = co_await opening.greet(channel);
  if (!greeted) co_return tl::unexpected(greeted.error());
  co_return co_await opening.ask_for_tls(channel, requirement);
}

Outcome outcome(std::string_view answers, Tls tls, SmtpOptions how = options()) {
  Server server(answers);
  server.hang_up();
  Outcome out;
  io::Loop loop(1);
  tls::Channel channel(loop, server.client());
  SmtpOpening opening(std::move(how));
  policy::Requirement requirement;
  requirement.tls = tls;
  const auto next = io::run_task(loop, talk(opening, channel, requirement));
  out.word = !next ? std::string(base::to_text(next.error().code))
             : *next == NextStep::handshake ? "handshake"
                                            : "clear-text";
  if (!next) {
    EXPECT_EQ(next.error().kind, base::ErrorKind::temporary);
  }
  out.rejection = opening.rejection().code;
  out.heard = server.heard();
  return out;
}

const std::string kHello = "220 hello\r\n250-me\r\n250 STARTTLS\r\n";
const std::string kNoTls = "220 hello\r\n250 me\r\n";

TEST(SmtpOpening, AsksForTlsThatIsOffered_Rfc3207s4) {
  const auto out = outcome(kHello + "220 go\r\n", Tls::required);
  EXPECT_EQ(out.word, "handshake");
  EXPECT_EQ(out.heard, "EHLO me.example\r\nSTARTTLS\r\n");
}

TEST(SmtpOpening, UsesTlsThatIsOfferedWhereItIsAChoice_Rfc7672s2_2) {
  EXPECT_EQ(outcome(kHello + "220 go\r\n", Tls::optional).word, "handshake");
}

// Whoever sits on the way strips the offer (RFC 7672 1.3.1).
TEST(SmtpOpening, NeverInClearTextWhereTlsIsRequired) {
  const auto none = outcome(kNoTls + "221 bye\r\n", Tls::required);
  EXPECT_EQ(none.word, "starttls-not-offered");
  EXPECT_THAT(none.heard, Not(HasSubstr("STARTTLS")));
  EXPECT_THAT(none.heard, EndsWith("QUIT\r\n"));
  const auto refused = outcome(kHello + "454 no\r\n221 bye\r\n", Tls::required);
  EXPECT_EQ(refused.word, "starttls-refused");
  EXPECT_EQ(refused.rejection, 454);
  EXPECT_THAT(refused.heard, EndsWith("QUIT\r\n"));
}

TEST(SmtpOpening, GoesOnInClearTextWhereTlsIsAChoice) {
  EXPECT_EQ(outcome(kNoTls, Tls::optional).word, "clear-text");
  EXPECT_EQ(outcome(kHello + "454 no\r\n", Tls::optional).word, "clear-text");
}

TEST(SmtpOpening, DoesNotAskForTlsThatIsNotWanted) {
  const auto out = outcome(kHello, Tls::never);
  EXPECT_EQ(out.word, "clear-text");
  EXPECT_EQ(out.heard, "EHLO me.example\r\n");
}

// Read after the handshake they would pass for words of the proved server.
TEST(SmtpOpening, NoClearTextMayFollowTheGoAhead_Rfc3207s4) {
  for (const Tls tls : {Tls::required, Tls::optional}) {
    EXPECT_EQ(outcome(kHello + "220 go\r\n250 injected\r\n", tls).word,
              "starttls-injection");
    EXPECT_EQ(outcome(kHello + "220 go\r\n2", tls).word, "starttls-injection");
  }
}

TEST(SmtpOpening, AServerThatIsNotThereForMail) {
  const auto greeting = outcome("554 no service\r\n221 bye\r\n", Tls::required);
  EXPECT_EQ(greeting.word, "greeting");
  EXPECT_EQ(greeting.rejection, 554);
  EXPECT_EQ(greeting.heard, "QUIT\r\n");
  EXPECT_EQ(outcome("421 later\r\n221 bye\r\n", Tls::optional).rejection, 421);
  const auto hello = outcome("220 hi\r\n550 no\r\n550 no\r\n221 bye\r\n", Tls::required);
  EXPECT_EQ(hello.word, "helo");
  EXPECT_EQ(hello.rejection, 550);
}

TEST(SmtpOpening, AServerThatHangsUpOrTalksNonsense) {
  EXPECT_EQ(outcome("", Tls::required).word, "closed");
  EXPECT_EQ(outcome("220 hi\r\n", Tls::required).word, "closed");
  EXPECT_EQ(outcome(kHello, Tls::required).word, "closed");
  EXPECT_EQ(outcome("hello\r\n", Tls::required).word, "protocol");
}

TEST(SmtpOpening, ASilentServerIsWaitedForAsLongAsAGreetingMayTake) {
  Server server("");
  io::Loop loop(1);
  tls::Channel channel(loop, server.client());
  SmtpOpening opening({"me.example", 3600s, 0s, TlsStart::starttls});
  const auto greeted = io::run_task(loop, opening.greet(channel));
  ASSERT_FALSE(greeted);
  EXPECT_EQ(greeted.error().code, base::Code::timeout);
  EXPECT_EQ(server.heard(), "");
}

TEST(SmtpOpening, ImplicitTlsSaysNothingBefore_Rfc8314s3_3) {
  auto how = options();
  how.start = TlsStart::implicit;
  const auto out = outcome("220 hello\r\n", Tls::required, how);
  EXPECT_EQ(out.word, "handshake");
  EXPECT_EQ(out.heard, "");
}

/// What is said behind the handshake; the channel stands for a TLS one.
std::string resumed(TlsStart start, std::string_view answers, smtp::Offers& offers) {
  auto how = options();
  how.start = start;
  Server server(start == TlsStart::starttls ? kHello + "220 go\r\n" : "");
  io::Loop loop(1);
  tls::Channel channel(loop, server.client());
  SmtpOpening opening(how);
  EXPECT_TRUE(io::run_task(loop, talk(opening, channel, {})));
  (void)server.heard();
  server.say(answers);
  server.hang_up();
  const auto done = io::run_task(loop, opening.resume(channel));
  offers = opening.client().offers();
  return done ? server.heard() : std::string(base::to_text(done.error().code));
}

TEST(SmtpOpening, ForgetsWhatWasOfferedInClearText_Rfc3207s4_2) {
  smtp::Offers offers;
  EXPECT_EQ(resumed(TlsStart::starttls, "250-me\r\n250 SIZE 7\r\n", offers),
            "EHLO me.example\r\n");
  EXPECT_FALSE(offers.starttls);
  EXPECT_EQ(offers.most_octets, 7U);
  EXPECT_EQ(resumed(TlsStart::starttls, "550 no\r\n550 no\r\n221 bye\r\n", offers),
            "helo");
}

TEST(SmtpOpening, IsGreetedBehindImplicitTls) {
  smtp::Offers offers;
  EXPECT_EQ(resumed(TlsStart::implicit, "220 hi\r\n250 me\r\n", offers),
            "EHLO me.example\r\n");
  EXPECT_EQ(resumed(TlsStart::implicit, "554 no\r\n221 bye\r\n", offers), "greeting");
}

TEST(SmtpOpening, LeavesWithAWord) {
  Server server(kHello + "221 bye\r\n");
  io::Loop loop(1);
  tls::Channel channel(loop, server.client());
  SmtpOpening opening(options());
  EXPECT_TRUE(io::run_task(loop, opening.greet(channel)));
  const auto leave = [&]() -> io::Task<int> {
    co_await opening.leave(channel);
    co_return 0;
  };
  (void)io::run_task(loop, leave());
  EXPECT_THAT(server.heard(), EndsWith("QUIT\r\n"));
}

}  // namespace
}  // namespace mail

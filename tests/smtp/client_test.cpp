#include "src/smtp/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "src/io/run_task.h"
#include "tests/smtp/scripted_server.h"

namespace smtp {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

/// A message that comes in parts, each of them a function.
class Parts final : public MessageSource {
 public:
  using Part = std::function<base::Result<std::string_view>()>;

  explicit Parts(std::vector<Part> parts) : parts_(std::move(parts)) {}
  base::Result<std::string_view> next() override {
    if (at_ == parts_.size()) return std::string_view();
    return parts_[at_++]();
  }

 private:
  std::vector<Part> parts_;
  std::size_t at_ = 0;
};

Parts::Part text(std::string_view octets) {
  return [octets]() -> base::Result<std::string_view> { return octets; };
}

base::Result<std::string_view> unreadable() {
  return base::fail(base::ErrorKind::temporary, base::Code::read, "the disk is broken");
}

const std::string kPlain = "250 me\r\n";
const std::string kPipelines = "250-me\r\n250 PIPELINING\r\n";

/// One message on one connection.
struct Sending {
  std::string greeting = kPlain;  ///< the answer to EHLO
  std::string answers;            ///< to all that follows
  Envelope envelope{"me@a.example", {"you@b.example"}, false};
  BodyFacts facts{};
  std::vector<Parts::Part> message = {text("Subject: x\n\nhello\n")};
  bool stops_reading = false;  ///< from the first part of the message on
};

struct Sent {
  base::Result<void> result;
  Transaction transaction;
  bool in_doubt = false;
  std::string heard;  ///< behind EHLO

  [[nodiscard]] std::vector<int> codes() const {
    std::vector<int> out;
    for (const Reply& reply : transaction.recipients) out.push_back(reply.code);
    return out;
  }
};

Sent send(Sending sending) {
  Sent out;
  ScriptedServer server(sending.greeting + sending.answers);
  if (sending.stops_reading) {
    sending.message.insert(sending.message.begin(), [&] {
      server.stop_reading();
      return base::Result<std::string_view>("Received: x\n");
    });
  }
  Parts message(sending.message);
  io::Loop loop(1);
  {
    tls::Channel wire(loop, server.take_client());
    Client client(wire, 5s);
    out.result = io::run_task(loop, [&]() -> io::Task<base::Result<void>> {
      Reply answer;
      const auto offers = co_await client.hello("a.example", answer);
      if (!offers) co_return tl::unexpected(offers.error());
      co_return co_await client.send(sending.envelope, sending.facts, message,
                                     out.transaction, out.in_doubt);
    }());
  }
  out.heard = server.heard();
  const std::string hello = "EHLO a.example\r\n";
  if (out.heard.starts_with(hello)) out.heard.erase(0, hello.size());
  return out;
}

const std::string kEnvelope = "MAIL FROM:<me@a.example>\r\nRCPT TO:<you@b.example>\r\n";
const std::string kBody = "Subject: x\r\n\r\nhello\r\n";
const std::string kTaken = "250 ok\r\n250 ok\r\n354 go\r\n";

// --- a transaction

TEST(SmtpClient, OneCommandAfterTheOther_Rfc5321s3_3) {
  const Sent sent = send({.answers = kTaken + "250 queued\r\n"});
  ASSERT_TRUE(sent.result);
  EXPECT_EQ(sent.heard, kEnvelope + "DATA\r\n" + kBody + ".\r\n");
  EXPECT_EQ(sent.transaction.end.code, 250);
  EXPECT_THAT(sent.codes(), ElementsAre(250));
  EXPECT_FALSE(sent.in_doubt);
}

TEST(SmtpClient, TheWholeEnvelopeAtOnce_Rfc2920s3_1) {
  const Sent sent = send({.greeting = kPipelines, .answers = kTaken + "250 queued\r\n"});
  ASSERT_TRUE(sent.result);
  EXPECT_EQ(sent.heard, kEnvelope + "DATA\r\n" + kBody + ".\r\n");
  EXPECT_EQ(sent.transaction.end.code, 250);
}

TEST(SmtpClient, EachAnswerIsThatOfItsRecipientAlsoInManyGroups_Rfc2920s3_2) {
  constexpr std::size_t kCount = 101;
  for (const std::string& greeting : {kPlain, kPipelines}) {
    Sending sending{.greeting = greeting, .answers = "250 ok\r\n"};
    sending.envelope.recipients.clear();
    for (std::size_t i = 0; i < kCount; ++i) {
      sending.envelope.recipients.push_back(std::to_string(i) + "@b.example");
      sending.answers += std::to_string(400 + i) + " x\r\n";
    }
    sending.envelope.recipients.emplace_back("last@b.example");
    sending.answers += "250 ok\r\n354 go\r\n250 queued\r\n";
    const Sent sent = send(sending);
    ASSERT_TRUE(sent.result);
    ASSERT_EQ(sent.codes().size(), kCount + 1);
    for (std::size_t i = 0; i < kCount; ++i) {
      EXPECT_EQ(sent.codes()[i], 400 + static_cast<int>(i));
    }
    EXPECT_EQ(sent.codes().back(), 250);
    const std::size_t data = sent.heard.find("DATA\r\n");
    EXPECT_GT(data, sent.heard.find("RCPT TO:<last@b.example>"));
    EXPECT_EQ(sent.heard.find("DATA\r\n", data + 1), std::string::npos);
  }
}

// --- who wants it

TEST(SmtpClient, ASenderThatIsRefusedEndsIt) {
  const Sent sent = send({.answers = "550 not you\r\n"});
  EXPECT_TRUE(sent.result);
  EXPECT_EQ(sent.heard, "MAIL FROM:<me@a.example>\r\n");
  EXPECT_EQ(sent.transaction.mail.code, 550);
}

TEST(SmtpClient, NoBodyAndNoDataForNobody) {
  const Sent sent = send({.answers = "250 ok\r\n550 no\r\n"});
  EXPECT_TRUE(sent.result);
  EXPECT_EQ(sent.heard, kEnvelope);
}

TEST(SmtpClient, NoBodyWhereDataIsRefused) {
  for (const std::string& greeting : {kPlain, kPipelines}) {
    const Sent sent =
        send({.greeting = greeting, .answers = "250 ok\r\n250 ok\r\n451 later\r\n"});
    EXPECT_TRUE(sent.result);
    EXPECT_EQ(sent.heard, kEnvelope + "DATA\r\n");
    EXPECT_EQ(sent.transaction.data.code, 451);
    EXPECT_EQ(sent.transaction.end.code, 0);
  }
}

TEST(SmtpClient, ADataThatIsTakenForNobodyGetsAnEmptyMessage_Rfc2920s3_1) {
  for (const char* envelope : {"250 ok\r\n550 no\r\n", "550 no\r\n250 ok\r\n"}) {
    const Sent sent = send({.greeting = kPipelines,
                            .answers = std::string(envelope) + "354 go\r\n554 none\r\n"});
    EXPECT_TRUE(sent.result);
    EXPECT_EQ(sent.heard, kEnvelope + "DATA\r\n.\r\n") << envelope;
    EXPECT_EQ(sent.transaction.end.code, 0) << "its answer is about no message of ours";
    EXPECT_FALSE(sent.in_doubt);
  }
}

TEST(SmtpClient, OnlyA2yzReplyTakesARecipient_Rfc5321s4_2_1) {
  for (const char* reply : {"354 go\r\n", "450 x\r\n", "550 x\r\n", "150 x\r\n"}) {
    const Sent sent = send({.answers = std::string("250 ok\r\n") + reply});
    EXPECT_TRUE(sent.result);
    EXPECT_THAT(sent.heard, Not(HasSubstr("DATA"))) << reply;
  }
  const Sent forwarded =
      send({.answers = "250 ok\r\n251 forwards\r\n354 go\r\n250 queued\r\n"});
  EXPECT_THAT(forwarded.heard, EndsWith("hello\r\n.\r\n"));
}

TEST(SmtpClient, OneRecipientOfTwoIsEnough) {
  Sending sending{.answers = "250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n250 queued\r\n"};
  sending.envelope.recipients.emplace_back("two@b.example");
  for (const std::string& greeting : {kPlain, kPipelines}) {
    sending.greeting = greeting;
    const Sent sent = send(sending);
    EXPECT_THAT(sent.codes(), ElementsAre(550, 250));
    EXPECT_THAT(sent.heard, EndsWith("hello\r\n.\r\n"));
  }
}

// --- the message

TEST(SmtpClient, AMessageThatCannotBeReadToItsEndGetsNoDot) {
  const std::string large(100'000, 'x');
  for (const std::string& first : {std::string("one line\n"), large + "\n"}) {
    const Sent sent = send(
        {.answers = kTaken + "250 queued\r\n", .message = {text(first), unreadable}});
    ASSERT_FALSE(sent.result);
    EXPECT_EQ(sent.result.error().code, base::Code::read);
    EXPECT_EQ(sent.result.error().kind, base::ErrorKind::temporary);
    EXPECT_THAT(sent.heard, Not(HasSubstr("\r\n.\r\n")));
    EXPECT_EQ(sent.transaction.end.code, 0);
    EXPECT_FALSE(sent.in_doubt);
  }
}

TEST(SmtpClient, AMessageThatChangedSinceItWasReadGetsNoDot) {
  const Sent open = send(
      {.answers = kTaken + "250 queued\r\n", .message = {text("whole line\nno end")}});
  Sending lone{.answers = kTaken + "250 queued\r\n",
               .message = {text("a\rb\n"), text("more\n")}};
  lone.facts.rules.lone_return = LoneReturn::fault;
  for (const Sent& sent : {open, send(lone)}) {
    ASSERT_FALSE(sent.result);
    EXPECT_EQ(sent.result.error().code, base::Code::body);
    EXPECT_EQ(sent.result.error().kind, base::ErrorKind::permanent);
    EXPECT_THAT(sent.heard, Not(HasSubstr("\r\n.\r\n")));
    EXPECT_FALSE(sent.in_doubt);
  }
}

TEST(SmtpClient, ALargeMessageArrivesWhole) {
  const std::string line(70'000, 'x');
  const Sent sent = send({.answers = kTaken + "250 queued\r\n",
                          .message = {text(line), text(line), text("\n")}});
  EXPECT_TRUE(sent.result);
  EXPECT_EQ(sent.heard, kEnvelope + "DATA\r\n" + line + line + "\r\n.\r\n");
}

// --- replies that never come

TEST(SmtpClient, WithoutAnAnswerToTheLastDotTheMessageIsInDoubt_Rfc5321s4_2_5) {
  for (const std::string& greeting : {kPlain, kPipelines}) {
    const Sent sent = send({.greeting = greeting, .answers = kTaken});
    ASSERT_FALSE(sent.result);
    EXPECT_EQ(sent.result.error().code, base::Code::closed);
    EXPECT_EQ(sent.result.error().kind, base::ErrorKind::temporary);
    EXPECT_TRUE(sent.in_doubt);
    EXPECT_EQ(sent.transaction.end.code, 0);
  }
}

TEST(SmtpClient, ARefusalBehindTheLastDotIsNoDoubt) {
  const Sent sent = send({.answers = kTaken + "452 full\r\n"});
  EXPECT_TRUE(sent.result);
  EXPECT_EQ(sent.transaction.end.code, 452);
  EXPECT_FALSE(sent.in_doubt);
}

TEST(SmtpClient, WhatWasAnsweredIsKeptWhereTheRestIsLost) {
  Sending sending{.answers = "250 ok\r\n550 no\r\n"};
  sending.envelope.recipients.emplace_back("two@b.example");
  for (const std::string& greeting : {kPlain, kPipelines}) {
    sending.greeting = greeting;
    const Sent sent = send(sending);
    ASSERT_FALSE(sent.result);
    EXPECT_EQ(sent.result.error().code, base::Code::closed);
    EXPECT_EQ(sent.transaction.mail.code, 250);
    EXPECT_THAT(sent.codes(), ElementsAre(550, 0));
    EXPECT_FALSE(sent.in_doubt) << "no message was sent";
  }
  const Sent nothing = send({});
  ASSERT_FALSE(nothing.result);
  EXPECT_EQ(nothing.transaction.mail.code, 0);
}

TEST(SmtpClient, ALostAnswerToTheEmptyMessageIsNoDoubt) {
  const Sent sent =
      send({.greeting = kPipelines, .answers = "250 ok\r\n550 no\r\n354 go\r\n"});
  EXPECT_FALSE(sent.result);
  EXPECT_FALSE(sent.in_doubt);
}

TEST(SmtpClient, AServerThatHangsUpInTheMiddleMayHaveSaidWhy) {
  const Sent said = send({.answers = kTaken + "552 too much\r\n", .stops_reading = true});
  EXPECT_TRUE(said.result);
  EXPECT_EQ(said.transaction.end.code, 552);
  EXPECT_FALSE(said.in_doubt);
}

TEST(SmtpClient, AMessageThatWasNotSentWholeIsNeverTaken) {
  for (const char* word : {"250 queued\r\n", "354 go\r\n", ""}) {
    const Sent sent = send({.answers = kTaken + word, .stops_reading = true});
    ASSERT_FALSE(sent.result) << word;
    EXPECT_EQ(sent.result.error().code, base::Code::io);
    EXPECT_EQ(sent.transaction.end.code, 0);
    EXPECT_FALSE(sent.in_doubt);
  }
}

TEST(SmtpClient, WhatIsNoReplyEndsIt) {
  const Sent sent = send({.answers = "hello there\r\n"});
  ASSERT_FALSE(sent.result);
  EXPECT_EQ(sent.result.error().code, base::Code::protocol);
}

// --- parameters

std::string mail_line(const std::string& greeting, bool eight_bit, bool utf8) {
  Sending sending{.greeting = greeting, .answers = "550 no\r\n"};
  sending.facts.size = 1234;
  sending.facts.eight_bit = eight_bit;
  sending.envelope.utf8 = utf8;
  return send(sending).heard.substr(0, send(sending).heard.find("\r\n"));
}

TEST(SmtpClient, ParametersOnlyWhereTheyAreOfferedAndNeeded) {
  const std::string mail = "MAIL FROM:<me@a.example>";
  const std::string all = "250-me\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
  EXPECT_EQ(mail_line(kPlain, true, true), mail);
  EXPECT_EQ(mail_line(all, false, false), mail + " SIZE=1234");
  EXPECT_EQ(mail_line(all, true, false), mail + " SIZE=1234 BODY=8BITMIME");
  EXPECT_EQ(mail_line(all, false, true), mail + " SIZE=1234 SMTPUTF8");
  EXPECT_EQ(mail_line("250-me\r\n250 8BITMIME\r\n", true, true), mail + " BODY=8BITMIME");
}

// --- EHLO

struct Greeted {
  base::Result<Offers> offers;
  Reply answer;
  bool unread = false;
  std::string heard;
};

Greeted greet(std::string_view answers) {
  Greeted out{Offers(), {}, false, {}};
  const ScriptedServer* listener = nullptr;
  ScriptedServer server(answers);
  listener = &server;
  io::Loop loop(1);
  {
    tls::Channel wire(loop, server.take_client());
    Client client(wire, 5s);
    out.offers = io::run_task(loop, client.hello("a.example", out.answer));
    out.unread = client.has_unread();
  }
  out.heard = listener->heard();
  return out;
}

TEST(SmtpHello, WhatIsOffered) {
  const Greeted all = greet(
      "250-me\r\n250-STARTTLS\r\n250-pipelining\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
      "250 size 1000\r\n");
  ASSERT_TRUE(all.offers);
  EXPECT_TRUE(all.offers->starttls && all.offers->pipelining && all.offers->eight_bit &&
              all.offers->utf8 && all.offers->size);
  EXPECT_EQ(all.offers->most_octets, 1000U);
  const Greeted none = greet("250 STARTTLS PIPELINING\r\n");
  ASSERT_TRUE(none.offers);
  EXPECT_FALSE(none.offers->starttls || none.offers->pipelining) << "that is its name";
  EXPECT_EQ(greet("250-me\r\n250 SIZE\r\n").offers->most_octets, 0U);
  EXPECT_EQ(greet("250-SIZE 5\r\n250 SIZE 7\r\n").offers->most_octets, 7U)
      << "the first line is a greeting";
}

TEST(SmtpHello, AServerThatDoesNotKnowEhloIsAskedByHelo_Rfc5321s4_1_1_1) {
  const Greeted old = greet("502 what\r\n250 me\r\n");
  ASSERT_TRUE(old.offers);
  EXPECT_FALSE(old.offers->starttls);
  EXPECT_EQ(old.answer.code, 250);
  EXPECT_EQ(old.heard, "EHLO a.example\r\nHELO a.example\r\n");
}

TEST(SmtpHello, AServerThatIsBusyIsNotAskedAgain) {
  const Greeted busy = greet("421 later\r\n250 me\r\n");
  ASSERT_TRUE(busy.offers);
  EXPECT_EQ(busy.answer.code, 421);
  EXPECT_EQ(busy.heard, "EHLO a.example\r\n");
}

TEST(SmtpHello, WhatStandsBehindTheReplyIsUnread) {
  EXPECT_FALSE(greet("250 me\r\n").unread);
  EXPECT_TRUE(greet("250 me\r\n250 more\r\n").unread);
  EXPECT_TRUE(greet("250 me\r\nx").unread);
}

/// A client that has said EHLO once and been offered all there is.
struct SecondHello {
  explicit SecondHello(const std::string& again)
      : server("250-me\r\n250-STARTTLS\r\n250 PIPELINING\r\n" + again),
        wire(loop, server.take_client()),
        client(wire, 5s) {
    EXPECT_TRUE(say());
    EXPECT_TRUE(client.offers().pipelining && client.offers().starttls);
  }
  base::Result<Offers> say() {
    return io::run_task(loop, client.hello("a.example", answer));
  }

  ScriptedServer server;
  io::Loop loop{1};
  tls::Channel wire;
  Client client;
  Reply answer;
};

TEST(SmtpHello, NothingOfAnEarlierAnswerIsLeft_Rfc3207s4_2) {
  SecondHello hello("250 me\r\n421 later\r\n");
  ASSERT_TRUE(hello.say());
  EXPECT_FALSE(hello.client.offers().pipelining || hello.client.offers().starttls);
}

TEST(SmtpHello, NothingOfAnEarlierAnswerIsLeftBehindAHelo_Rfc3207s4_2) {
  SecondHello hello("502 what\r\n250 me\r\n");
  const auto offers = hello.say();
  ASSERT_TRUE(offers);
  EXPECT_EQ(hello.answer.code, 250);
  EXPECT_FALSE(offers->pipelining || offers->starttls);
  EXPECT_FALSE(hello.client.offers().pipelining || hello.client.offers().starttls);
}

TEST(SmtpClient, QuitIsSaidAndAnAnswerNotNeeded) {
  ScriptedServer server("");
  io::Loop loop(1);
  {
    tls::Channel wire(loop, server.take_client());
    Client client(wire, 5s);
    const bool done = io::run_task(loop, [&]() -> io::Task<bool> {
      co_await client.quit();
      co_return true;
    }());
    EXPECT_TRUE(done);
  }
  EXPECT_EQ(server.heard(), "QUIT\r\n");
}

}  // namespace
}  // namespace smtp

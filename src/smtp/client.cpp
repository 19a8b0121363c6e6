#include "src/smtp/client.h"

#include <algorithm>
#include <charconv>

#include "src/base/bytes.h"

namespace smtp {
namespace {

using base::ErrorKind;

constexpr std::chrono::seconds kQuitLimit{5};
constexpr std::size_t kBodyChunk = 64 * 1024;
constexpr std::size_t kPipelined = 50;  // recipients at a time

/// The value behind `SIZE` in an EHLO line.
std::uint64_t size_in(const Reply& reply) {
  constexpr std::string_view kSize = "size ";
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first is a greeting
    const std::string& line = reply.lines[i];
    if (!base::lower(line).starts_with(kSize)) continue;
    std::uint64_t value = 0;
    const char* begin = line.data() + kSize.size();
    (void)std::from_chars(begin, line.data() + line.size(), value);
    return value;
  }
  return 0;
}

Offers offers_in(const Reply& reply) {
  Offers out;
  out.starttls = reply.offers("STARTTLS");
  out.pipelining = reply.offers("PIPELINING");
  out.eight_bit = reply.offers("8BITMIME");
  out.utf8 = reply.offers("SMTPUTF8");
  out.size = reply.offers("SIZE");
  out.most_octets = out.size ? size_in(reply) : 0;
  return out;
}

bool any_accepted(const Transaction& transaction) {
  return std::ranges::any_of(transaction.recipients, &Reply::accepts);
}

std::string recipient_line(const std::string& recipient) {
  return "RCPT TO:<" + recipient + ">\r\n";
}

}  // namespace

io::Task<base::Result<Reply>> Client::reply() { return reply_within(limit_); }

io::Task<base::Result<Reply>> Client::reply_within(std::chrono::milliseconds limit) {
  const io::TimePoint deadline = io::Clock::now() + limit;
  for (;;) {
    auto taken = reader_.take(buffer_);
    if (!taken) co_return tl::unexpected(taken.error());
    if (*taken) co_return std::move(**taken);
    auto heard = co_await channel_.read(deadline);
    if (!heard) co_return tl::unexpected(heard.error());
    if (heard->empty()) {
      co_return base::fail(ErrorKind::temporary, base::Code::closed,
                           "the server hung up");
    }
    buffer_ += *heard;
  }
}

io::Task<base::Result<void>> Client::write(std::string_view data) {
  return channel_.write(data, io::Clock::now() + limit_);
}

io::Task<base::Result<Reply>> Client::command(std::string line) {
  line += "\r\n";
  auto sent = co_await write(line);
  if (!sent) co_return tl::unexpected(sent.error());
  co_return co_await reply();
}

io::Task<base::Result<Offers>> Client::hello(std::string name, Reply& answer) {
  auto extended = co_await command("EHLO " + name);
  if (!extended) co_return tl::unexpected(extended.error());
  answer = *extended;
  offers_ = {};
  if (extended->code == 250) {
    offers_ = offers_in(*extended);
    co_return offers_;
  }
  if (extended->severity() != 5) co_return offers_;
  auto plain = co_await command("HELO " + name);
  if (!plain) co_return tl::unexpected(plain.error());
  answer = *plain;
  co_return offers_;
}

std::string Client::mail_line(const Envelope& envelope, const BodyFacts& facts) const {
  std::string line = "MAIL FROM:<" + envelope.sender + ">";
  if (offers_.size) line += " SIZE=" + std::to_string(facts.size);
  if (facts.eight_bit && offers_.eight_bit) line += " BODY=8BITMIME";
  if (envelope.utf8 && offers_.utf8) line += " SMTPUTF8";
  return line + "\r\n";
}

// RFC 2920 3.1: everything up to DATA goes out before the answers are read, in groups
// small enough that neither side blocks on a full buffer of the other.
io::Task<base::Result<void>> Client::envelope_pipelined(const Envelope& envelope,
                                                        std::string mail,
                                                        Transaction& out) {
  std::string group = std::move(mail);
  const std::size_t count = envelope.recipients.size();
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    group += recipient_line(envelope.recipients[i]);
    const bool last = i + 1 == count;
    if (!last && (i + 1) % kPipelined != 0) continue;
    if (last) group += "DATA\r\n";
    if (auto sent = co_await write(group); !sent) co_return sent;
    group.clear();
    if (out.mail.code == 0) {
      auto answer = co_await reply();
      if (!answer) co_return tl::unexpected(answer.error());
      out.mail = std::move(*answer);
    }
    for (; answered <= i; ++answered) {
      auto answer = co_await reply();
      if (!answer) co_return tl::unexpected(answer.error());
      out.recipients[answered] = std::move(*answer);
    }
  }
  auto answer = co_await reply();
  if (!answer) co_return tl::unexpected(answer.error());
  out.data = std::move(*answer);
  co_return base::Result<void>();
}

io::Task<base::Result<void>> Client::envelope_in_turn(const Envelope& envelope,
                                                      std::string mail,
                                                      Transaction& out) {
  if (auto sent = co_await write(mail); !sent) co_return sent;
  auto answer = co_await reply();
  if (!answer) co_return tl::unexpected(answer.error());
  out.mail = std::move(*answer);
  if (!out.mail.accepts()) co_return base::Result<void>();
  for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
    const std::string line = recipient_line(envelope.recipients[i]);
    if (auto sent = co_await write(line); !sent) co_return sent;
    answer = co_await reply();
    if (!answer) co_return tl::unexpected(answer.error());
    out.recipients[i] = std::move(*answer);
  }
  if (!any_accepted(out)) co_return base::Result<void>();
  answer = co_await command("DATA");
  if (!answer) co_return tl::unexpected(answer.error());
  out.data = std::move(*answer);
  co_return base::Result<void>();
}

io::Task<base::Result<void>> Client::send_body(MessageSource& message, BodyRules rules,
                                               bool& in_doubt) {
  BodyEncoder encoder(rules);
  std::string out;
  out.reserve(2 * kBodyChunk);
  for (;;) {
    const auto part = message.next();
    if (!part) co_return tl::unexpected(part.error());
    if (part->empty()) break;
    encoder.add(*part, out);
    if (encoder.fault() != BodyFault::none) break;
    if (out.size() < kBodyChunk) continue;
    if (auto sent = co_await write(out); !sent) co_return sent;
    out.clear();
  }
  // The facts were taken from the same file: whoever changes it meanwhile gets no dot.
  if (encoder.finish(out) != BodyFault::none) {
    co_return base::fail(ErrorKind::permanent, base::Code::body,
                         "the message changed meanwhile");
  }
  // A write that fails has not handed all of it over: the last dot is not among it.
  if (auto sent = co_await write(out); !sent) co_return sent;
  in_doubt = true;
  co_return base::Result<void>();
}

io::Task<base::Result<void>> Client::send(const Envelope& envelope,
                                          const BodyFacts& facts, MessageSource& message,
                                          Transaction& out, bool& in_doubt) {
  in_doubt = false;
  out.recipients.resize(envelope.recipients.size());
  const std::string mail = mail_line(envelope, facts);
  // Two branches, not a conditional expression: GCC 12 destroys the result of a co_await
  // within one twice.
  base::Result<void> enveloped;
  if (offers_.pipelining) {
    enveloped = co_await envelope_pipelined(envelope, mail, out);
  } else {
    enveloped = co_await envelope_in_turn(envelope, mail, out);
  }
  if (!enveloped) co_return enveloped;
  const bool go_on = out.data.code == 354;
  const bool wanted = out.mail.accepts() && any_accepted(out);
  if (go_on && !wanted) {
    // Nobody wants it and yet DATA was taken: an empty message that goes nowhere is the
    // one way out (RFC 2920 3.1).
    const std::string nothing = ".\r\n";
    if (auto sent = co_await write(nothing); !sent) co_return sent;
    auto ignored = co_await reply();
    co_return ignored ? base::Result<void>() : tl::unexpected(ignored.error());
  }
  if (!go_on) co_return base::Result<void>();
  if (auto sent = co_await send_body(message, facts.rules, in_doubt); !sent) {
    // A server that hangs up in the middle may have said why.
    if (sent.error().code != base::Code::io) co_return sent;
    auto last_word = co_await reply_within(kQuitLimit);
    if (!last_word || last_word->severity() < 4) co_return sent;
    out.end = std::move(*last_word);
    co_return base::Result<void>();
  }
  auto answer = co_await reply();
  if (!answer) co_return tl::unexpected(answer.error());
  in_doubt = false;
  out.end = std::move(*answer);
  co_return base::Result<void>();
}

io::Task<void> Client::quit() {
  const std::string line = "QUIT\r\n";
  const io::TimePoint deadline = io::Clock::now() + kQuitLimit;
  if (co_await channel_.write(line, deadline)) (void)co_await reply_within(kQuitLimit);
  channel_.close();
}

}  // namespace smtp

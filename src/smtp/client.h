#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/smtp_reply.h"
#include "src/smtp/body.h"
#include "src/tls/channel.h"

namespace smtp {

/// What a server offers in its answer to EHLO.
struct Offers {
  bool starttls = false;          ///< RFC 3207
  bool pipelining = false;        ///< RFC 2920
  bool eight_bit = false;         ///< 8BITMIME, RFC 6152
  bool utf8 = false;              ///< SMTPUTF8, RFC 6531
  bool size = false;              ///< SIZE, RFC 1870
  std::uint64_t most_octets = 0;  ///< that it takes; 0: it does not say
};

/// From whom to whom, as in the commands: no angle brackets.
struct Envelope {
  std::string sender;
  std::vector<std::string> recipients;
  bool utf8 = false;  ///< some address needs SMTPUTF8
};

/// Where a transaction ended and what was answered until then.
struct Transaction {
  Reply mail;
  std::vector<Reply> recipients;  ///< as many as the envelope has, if MAIL was taken
  Reply data;                     ///< to DATA; code 0 if it was not reached
  Reply end;                      ///< to the last dot; code 0 if it was not reached
};

/// Gives the next part of the message, at most so many octets; empty at its end.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  [[nodiscard]] virtual base::Result<std::string_view> next() = 0;
};

/// One client on one connection. Errors of all that waits, kind `temporary`: those of
/// tls::Channel, `protocol`, and `closed` when the server hangs up.
class Client {
 public:
  /// `limit` holds for each reply and each write.
  Client(tls::Channel& channel, std::chrono::milliseconds limit)
      : channel_(channel), limit_(limit) {}

  [[nodiscard]] io::Task<base::Result<Reply>> reply();
  [[nodiscard]] io::Task<base::Result<Reply>> reply_within(
      std::chrono::milliseconds limit);
  [[nodiscard]] io::Task<base::Result<Reply>> command(std::string line);
  /// EHLO, and HELO if that is not known; code and text of the answer are in `reply`.
  [[nodiscard]] io::Task<base::Result<Offers>> hello(std::string name, Reply& reply);
  /// MAIL, RCPT, DATA and the message, with PIPELINING if that is offered. On an error
  /// `out` holds what was answered; `in_doubt` says that the message may have been taken
  /// although no answer to its end came (RFC 5321 4.2.5, 6.1).
  [[nodiscard]] io::Task<base::Result<void>> send(const Envelope& envelope,
                                                  const BodyFacts& facts,
                                                  MessageSource& message,
                                                  Transaction& out, bool& in_doubt);
  /// Says QUIT and does not wait long for the answer.
  [[nodiscard]] io::Task<void> quit();
  /// Whether the server has said more than it was asked.
  [[nodiscard]] bool has_unread() const { return !buffer_.empty(); }
  [[nodiscard]] const Offers& offers() const { return offers_; }

 private:
  [[nodiscard]] io::Task<base::Result<void>> write(std::string_view data);
  [[nodiscard]] std::string mail_line(const Envelope& envelope,
                                      const BodyFacts& facts) const;
  [[nodiscard]] io::Task<base::Result<void>> envelope_pipelined(const Envelope& envelope,
                                                                std::string mail,
                                                                Transaction& out);
  [[nodiscard]] io::Task<base::Result<void>> envelope_in_turn(const Envelope& envelope,
                                                              std::string mail,
                                                              Transaction& out);
  [[nodiscard]] io::Task<base::Result<void>> send_body(MessageSource& message,
                                                       BodyRules rules, bool& in_doubt);

  tls::Channel& channel_;
  std::chrono::milliseconds limit_;
  std::string buffer_;
  ReplyReader reader_;
  Offers offers_;
};

}  // namespace smtp

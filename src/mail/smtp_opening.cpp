// SMTP before and behind the handshake.
//
// What was said in clear text counts for nothing afterwards: whoever sits on the way can
// have said it. So EHLO is said again behind the handshake and the offers before it are
// forgotten (RFC 3207 4.2), and octets that came behind the go-ahead for TLS end the
// connection: read later, they would pass for words of the proved server (CVE-2021-38371
// and its kin).
//
// Where TLS is required, a server that does not offer it is not used: an attacker strips
// the offer (RFC 7672 1.3.1). Where it is optional, the mail goes on in clear text.
#include "src/mail/smtp_opening.h"

#include <algorithm>
#include <utility>

namespace mail {
namespace {

using base::Code;
using client::NextStep;
using policy::Tls;

tl::unexpected<base::Error> failed(Code code, std::string detail) {
  return base::fail(base::ErrorKind::temporary, code, std::move(detail));
}

}  // namespace

io::Task<base::Result<void>> SmtpOpening::reject(Code code, std::string_view what,
                                                 smtp::Reply reply) {
  std::string detail = std::string(what) + ": " + reply.text();
  rejection_ = std::move(reply);
  co_await client_->quit();
  co_return failed(code, std::move(detail));
}

io::Task<base::Result<void>> SmtpOpening::hear_greeting() {
  const auto limit = std::min(options_.greeting_limit, options_.reply_limit);
  auto greeting = co_await client_->reply_within(limit);
  if (!greeting) co_return tl::unexpected(greeting.error().in("no greeting"));
  if (greeting->code == 220) co_return base::Result<void>();
  co_return co_await reject(Code::greeting, "greeting failed", std::move(*greeting));
}

io::Task<base::Result<void>> SmtpOpening::say_hello() {
  smtp::Reply answer;
  const auto offers = co_await client_->hello(options_.helo, answer);
  if (!offers) co_return tl::unexpected(offers.error());
  if (answer.code == 250) co_return base::Result<void>();
  co_return co_await reject(Code::helo, "my name was rejected", std::move(answer));
}

io::Task<base::Result<void>> SmtpOpening::introduce() {
  if (auto greeted = co_await hear_greeting(); !greeted) co_return greeted;
  co_return co_await say_hello();
}

io::Task<base::Result<void>> SmtpOpening::greet(tls::Channel& channel) {
  client_.emplace(channel, options_.reply_limit);
  if (options_.start == TlsStart::implicit) co_return base::Result<void>();
  co_return co_await introduce();
}

io::Task<base::Result<NextStep>> SmtpOpening::ask_for_tls(
    tls::Channel& /*channel*/, const policy::Requirement& requirement) {
  if (options_.start == TlsStart::implicit) co_return NextStep::handshake;
  if (requirement.tls == Tls::never) co_return NextStep::clear_text;
  const bool must = requirement.tls == Tls::required;
  if (!client_->offers().starttls) {
    if (!must) co_return NextStep::clear_text;
    co_await client_->quit();
    co_return failed(Code::starttls_not_offered, "STARTTLS is not offered");
  }
  auto answer = co_await client_->command("STARTTLS");
  if (!answer) co_return tl::unexpected(answer.error());
  if (answer->code != 220) {
    if (!must) co_return NextStep::clear_text;
    auto refused = co_await reject(Code::starttls_refused, "STARTTLS is refused",
                                   std::move(*answer));
    co_return tl::unexpected(refused.error());
  }
  if (client_->has_unread()) {
    co_return failed(Code::starttls_injection,
                     "clear text behind the answer to STARTTLS");
  }
  co_return NextStep::handshake;
}

io::Task<base::Result<void>> SmtpOpening::resume(tls::Channel& /*channel*/) {
  if (options_.start == TlsStart::implicit) co_return co_await introduce();
  co_return co_await say_hello();
}

io::Task<void> SmtpOpening::leave(tls::Channel& /*channel*/) {
  if (options_.start == TlsStart::starttls) co_await client_->quit();
}

}  // namespace mail

#include "src/mail/connection.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace mail {
namespace {

using base::ErrorKind;
using policy::Tls;

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(ErrorKind::temporary, code, std::move(detail));
}

/// The same TLS, whoever answers.
policy::Requirement nobody_proved(policy::Requirement requirement) {
  requirement.proof = policy::Proof::nothing;
  return requirement;
}

}  // namespace

Connection::Connection(io::Loop& loop, io::Descriptor socket, const Peer& peer,
                       const Ways& ways, const policy::Requirement& requirement,
                       Judgement judgement)
    : wire_(loop, std::move(socket)),
      client_(wire_, ways.remote_limit),
      peer_(peer),
      ways_(ways),
      requirement_(requirement),
      judgement_(judgement) {}

io::Task<base::Result<void>> Connection::reject(base::Code code, std::string_view what,
                                                smtp::Reply reply) {
  std::string detail = std::string(what) + ": " + reply.text();
  facts_.rejection = std::move(reply);
  co_await client_.quit();
  co_return failed(code, std::move(detail));
}

io::Task<base::Result<void>> Connection::greet() {
  const auto limit = std::min(ways_.greeting_limit, ways_.remote_limit);
  auto greeting = co_await client_.reply_within(limit);
  if (!greeting) co_return tl::unexpected(greeting.error().in("no greeting"));
  if (greeting->code == 220) co_return base::Result<void>();
  co_return co_await reject(base::Code::greeting, "greeting failed",
                            std::move(*greeting));
}

io::Task<base::Result<void>> Connection::hello() {
  smtp::Reply answer;
  const auto offers = co_await client_.hello(ways_.helo, answer);
  if (!offers) co_return tl::unexpected(offers.error());
  if (answer.code == 250) co_return base::Result<void>();
  co_return co_await reject(base::Code::helo, "my name was rejected", std::move(answer));
}

io::Task<base::Result<void>> Connection::shake_hands() {
  tls::Hello hello;
  hello.server_name = client::server_name(peer_.facts, requirement_);
  hello.raw_keys = client::raw_keys(requirement_);
  hello.key_usage =
      requirement_.only_dane_ee ? tls::KeyUsage::leave_to_verify : tls::KeyUsage::enforce;
  auto session = tls::make_client(ways_.tls, hello);
  if (!session) co_return tl::unexpected(session.error());
  facts_.tls_began = true;
  const policy::Requirement required =
      judgement_ == Judgement::enforce ? requirement_ : nobody_proved(requirement_);
  const verify::Context context{client::wall_clock(), peer_.roots, {}};
  auto judged = co_await client::prove(**session, wire_.stream(), required, context,
                                       io::Clock::now() + ways_.remote_limit);
  const bool reached = judged.result || judged.result.error().code == base::Code::refused;
  if (reached) {
    facts_.verdict = std::move(judged.verdict);
    facts_.chain = (*session)->chain();
  }
  if (!judged.result) {
    if (!reached) co_return judged.result;
    co_return failed(base::Code::refused, facts_.verdict->detail);
  }
  facts_.session = (*session)->facts();
  wire_.use(std::move(*session));
  co_return base::Result<void>();
}

// RFC 3207: nothing that was said before counts afterwards, and nothing may follow the
// go-ahead in clear text.
io::Task<base::Result<void>> Connection::start_tls() {
  const bool must = requirement_.tls == Tls::required;
  if (requirement_.tls == Tls::never) co_return base::Result<void>();
  if (!client_.offers().starttls) {
    if (!must) co_return base::Result<void>();
    co_await client_.quit();
    co_return failed(base::Code::starttls_not_offered, "STARTTLS is not offered");
  }
  auto answer = co_await client_.command("STARTTLS");
  if (!answer) co_return tl::unexpected(answer.error());
  if (answer->code != 220) {
    if (!must) co_return base::Result<void>();
    co_return co_await reject(base::Code::starttls_refused, "STARTTLS is refused",
                              std::move(*answer));
  }
  if (client_.has_unread()) {
    co_return failed(base::Code::starttls_injection,
                     "clear text behind the answer to STARTTLS");
  }
  if (auto shaken = co_await shake_hands(); !shaken) co_return shaken;
  co_return co_await hello();
}

io::Task<base::Result<void>> Connection::open() {
  if (peer_.start == TlsStart::implicit) {
    if (auto shaken = co_await shake_hands(); !shaken) co_return shaken;
  }
  if (auto greeted = co_await greet(); !greeted) co_return greeted;
  if (auto named = co_await hello(); !named) co_return named;
  if (peer_.start == TlsStart::implicit) co_return base::Result<void>();
  co_return co_await start_tls();
}

}  // namespace mail

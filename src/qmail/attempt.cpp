#include "src/qmail/attempt.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "src/qmail/answers.h"

namespace qmail {
namespace {

using base::ErrorKind;
using policy::Tls;

/// The message on a descriptor, part by part, from its beginning.
class FileMessage final : public smtp::MessageSource {
 public:
  explicit FileMessage(int descriptor) : descriptor_(descriptor) {}

  base::Result<std::string_view> next() override {
    for (;;) {
      const ssize_t n = pread(descriptor_, buffer_.data(), buffer_.size(), at_);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return base::fail(ErrorKind::temporary, "read",
                          "unable to read message: " + base::system_message(errno));
      }
      at_ += n;
      return std::string_view(buffer_).substr(0, static_cast<std::size_t>(n));
    }
  }

 private:
  int descriptor_;
  off_t at_ = 0;
  std::string buffer_ = std::string(std::size_t{64} * 1024, '\0');
};

tl::unexpected<base::Error> failed(std::string_view code, std::string detail) {
  return base::fail(ErrorKind::temporary, code, std::move(detail));
}

/// One connection, from its greeting to the server's word about the mail.
class Connection {
 public:
  Connection(io::Loop& loop, io::Descriptor socket, const Peer& peer, const Ways& ways,
             const policy::Requirement& requirement, AttemptResult& out)
      : wire_(loop, std::move(socket)),
        client_(wire_, ways.remote_limit),
        peer_(peer),
        ways_(ways),
        requirement_(requirement),
        out_(out) {}

  io::Task<base::Result<void>> open();
  io::Task<base::Result<Report>> deliver(const Mail& mail);
  /// Whether a handshake was begun, and so may be what failed.
  [[nodiscard]] bool tls_began() const { return tls_began_; }

 private:
  io::Task<base::Result<void>> greet();
  io::Task<base::Result<void>> hello();
  io::Task<base::Result<void>> start_tls();
  io::Task<base::Result<void>> shake_hands();
  [[nodiscard]] std::string proof() const;

  smtp::Wire wire_;
  smtp::Client client_;
  const Peer& peer_;
  const Ways& ways_;
  const policy::Requirement& requirement_;
  AttemptResult& out_;
  bool tls_began_ = false;
};

io::Task<base::Result<void>> Connection::greet() {
  const auto limit = std::min(ways_.greeting_limit, ways_.remote_limit);
  auto greeting = co_await client_.reply_within(limit);
  if (!greeting) co_return tl::unexpected(greeting.error().in("no greeting"));
  if (greeting->code == 220) co_return base::Result<void>();
  co_await client_.quit();
  co_return failed("greeting", "greeting failed: " + greeting->text());
}

io::Task<base::Result<void>> Connection::hello() {
  smtp::Reply answer;
  const auto offers = co_await client_.hello(ways_.helo, answer);
  if (!offers) co_return tl::unexpected(offers.error());
  if (answer.code == 250) co_return base::Result<void>();
  co_await client_.quit();
  co_return failed("helo", "my name was rejected: " + answer.text());
}

io::Task<base::Result<void>> Connection::shake_hands() {
  tls::Settings settings = ways_.tls;
  settings.server_name = client::server_name(peer_.facts, requirement_);
  settings.raw_keys = client::raw_keys(requirement_);
  settings.key_usage =
      requirement_.only_dane_ee ? tls::KeyUsage::leave_to_verify : tls::KeyUsage::enforce;
  auto session = tls::Session::create(settings);
  if (!session) co_return tl::unexpected(session.error());
  tls_began_ = true;
  const verify::Context context{client::wall_clock(), peer_.roots, {}};
  auto judged = co_await client::prove(**session, wire_.stream(), requirement_, context,
                                       io::Clock::now() + ways_.remote_limit);
  const bool reached = judged.result || judged.result.error().code == "refused";
  if (reached) out_.verdict = std::move(judged.verdict);
  if (!judged.result) {
    if (!reached) co_return judged.result;
    co_return failed("refused", out_.verdict->detail);
  }
  out_.session = (*session)->facts();
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
    co_return failed("starttls_not_offered", "STARTTLS is not offered");
  }
  const auto answer = co_await client_.command("STARTTLS");
  if (!answer) co_return tl::unexpected(answer.error());
  if (answer->code != 220) {
    if (!must) co_return base::Result<void>();
    co_await client_.quit();
    co_return failed("starttls_refused", "STARTTLS is refused: " + answer->text());
  }
  if (client_.has_unread()) {
    co_return failed("starttls_injection", "clear text behind the answer to STARTTLS");
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

std::string Connection::proof() const {
  // An exception that the user made is told of whenever it is used (RFC 7672 9.1).
  const std::string by = peer_.policy.empty() ? "" : " (" + peer_.policy + ")";
  if (!out_.session) return "Plain" + by;
  std::string out;
  switch (out_.verdict ? out_.verdict->outcome : verify::Outcome::unauthenticated) {
    case verify::Outcome::dane:
    case verify::Outcome::dane_and_pkix:
      out = "Verified: " + out_.verdict->detail;
      // RFC 7672 2.2.1: this must not look like a secure delivery to the domain.
      if (peer_.insecure_mx) out += ", behind an MX record without DNSSEC";
      break;
    case verify::Outcome::pkix:
      out = "Trusted: " + out_.verdict->detail;
      break;
    default:
      out = "Untrusted";
  }
  return out + ", " + out_.session->protocol + " " + out_.session->cipher + by;
}

io::Task<base::Result<Report>> Connection::deliver(const Mail& mail) {
  const std::string where = net::to_text(peer_.endpoint.address);
  const auto& offers = client_.offers();
  if (mail.envelope.utf8 && !offers.utf8) {
    co_await client_.quit();
    co_return report_of(
        MessageState::permanent,
        where + " does not take addresses in UTF-8 (SMTPUTF8). (#5.6.7)\n");
  }
  if (offers.most_octets != 0 && mail.facts.size > offers.most_octets) {
    co_await client_.quit();
    co_return report_of(MessageState::permanent,
                        where + " takes messages of " +
                            std::to_string(offers.most_octets) + " octets, this has " +
                            std::to_string(mail.facts.size) + ". (#5.3.4)\n");
  }
  FileMessage message(mail.descriptor);
  smtp::Transaction transaction;
  bool in_doubt = false;
  const auto sent =
      co_await client_.send(mail.envelope, mail.facts, message, transaction, in_doubt);
  if (!sent) {
    co_return report_of_loss(where, proof(), transaction, sent.error(), in_doubt);
  }
  Report report = report_of_answers(where, proof(), transaction);
  co_await client_.quit();
  co_return report;
}

/// Whether TLS that failed may be answered by clear text: nobody had to be proved.
bool may_go_plain(const policy::Requirement& requirement, const Connection& connection,
                  TlsStart start) {
  return requirement.tls == Tls::optional && start == TlsStart::starttls &&
         connection.tls_began();
}

}  // namespace

io::Task<AttemptResult> attempt(io::Loop& loop, const Peer& peer, const Ways& ways,
                                const Mail& mail) {
  AttemptResult out;
  policy::Requirement requirement = peer.requirement;
  const io::ConnectTimeouts limits{ways.connect_limit, std::chrono::seconds(0)};
  const std::vector<net::Endpoint> one(1, peer.endpoint);
  for (;;) {
    auto connected = co_await io::connect_any(loop, one, ways.source, limits);
    if (!connected.socket) {
      out.failure = connected.failures.back().error;
      co_return out;
    }
    out.connected = true;
    Connection connection(loop, std::move(connected.socket), peer, ways, requirement,
                          out);
    const auto opened = co_await connection.open();
    if (opened) {
      auto report = co_await connection.deliver(mail);
      if (report) out.report = std::move(*report);
      if (!report) out.failure = report.error();
      co_return out;
    }
    out.session.reset();
    const base::Error& error = opened.error();
    auto second = error.code == "key_usage" && !requirement.only_dane_ee
                      ? client::despite_key_usage(requirement)
                      : std::optional<policy::Requirement>();
    if (second) {
      requirement = std::move(*second);
    } else if (may_go_plain(requirement, connection, peer.start)) {
      requirement.tls = Tls::never;
    } else {
      out.failure = error;
      co_return out;
    }
  }
}

}  // namespace qmail

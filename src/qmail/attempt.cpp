#include "src/qmail/attempt.h"

#include <unistd.h>

#include <cerrno>
#include <memory>

#include "src/io/work_limit.h"
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
        return base::fail(ErrorKind::temporary, base::Code::read,
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

/// What was proved, for the log.
std::string proof_of(const mail::Facts& facts, const Circumstances& circumstances) {
  // An exception that the user made is told of whenever it is used (RFC 7672 9.1).
  const std::string by =
      circumstances.policy.empty() ? "" : " (" + circumstances.policy + ")";
  if (!facts.session) return "Plain" + by;
  std::string out;
  switch (facts.verdict ? facts.verdict->outcome : verify::Outcome::unauthenticated) {
    case verify::Outcome::dane:
    case verify::Outcome::dane_and_pkix:
      out = "Verified: " + facts.verdict->detail;
      // RFC 7672 2.2.1: this must not look like a secure delivery to the domain.
      if (circumstances.insecure_mx) out += ", behind an MX record without DNSSEC";
      break;
    case verify::Outcome::pkix:
      out = "Trusted: " + facts.verdict->detail;
      break;
    default:
      out = "Untrusted";
  }
  return out + ", " + facts.session->protocol + " " + facts.session->cipher + by;
}

/// Hands the mail over on a connection that is open; `where` is the address.
io::Task<Report> deliver(smtp::Client& client, const std::string& where,
                         const std::string& proof, const Mail& mail) {
  const auto& offers = client.offers();
  if (mail.envelope.utf8 && !offers.utf8) {
    co_await client.quit();
    co_return report_of(
        MessageState::permanent,
        where + " does not take addresses in UTF-8 (SMTPUTF8). (#5.6.7)\n");
  }
  if (offers.most_octets != 0 && mail.facts.size > offers.most_octets) {
    co_await client.quit();
    co_return report_of(MessageState::permanent,
                        where + " takes messages of " +
                            std::to_string(offers.most_octets) + " octets, this has " +
                            std::to_string(mail.facts.size) + ". (#5.3.4)\n");
  }
  FileMessage message(mail.descriptor);
  smtp::Transaction transaction;
  bool in_doubt = false;
  const auto sent =
      co_await client.send(mail.envelope, mail.facts, message, transaction, in_doubt);
  if (!sent) {
    co_return report_of_loss(where, proof, transaction, sent.error(), in_doubt);
  }
  Report report = report_of_answers(where, proof, transaction);
  co_await client.quit();
  co_return report;
}

/// Whether a handshake that failed may be answered by clear text: nobody had to be
/// proved. A session that came about is TLS that works.
bool may_go_plain(const policy::Requirement& requirement, const mail::Facts& facts,
                  mail::TlsStart start) {
  return requirement.tls == Tls::optional && start == mail::TlsStart::starttls &&
         facts.tls_began && !facts.session;
}

}  // namespace

io::Task<AttemptResult> attempt(io::Loop& loop, const mail::Peer& peer,
                                const mail::Ways& ways,
                                const Circumstances& circumstances, const Mail& mail) {
  AttemptResult out;
  policy::Requirement requirement = peer.requirement;
  const io::ConnectTimeouts limits{ways.connect_limit, std::chrono::seconds(0)};
  const std::vector<net::Endpoint> one(1, peer.endpoint);
  for (;;) {
    io::renew_work();
    auto connected = co_await io::connect_any(loop, one, ways.source, limits);
    if (!connected.socket) {
      out.failure = connected.failures.back().error;
      co_return out;
    }
    out.connected = true;
    mail::Connection connection(loop, std::move(connected.socket), peer, ways,
                                requirement, mail::Judgement::enforce);
    const auto opened = co_await connection.open();
    out.facts = connection.facts();
    if (opened) {
      const std::string where = net::to_text(peer.endpoint.address);
      io::lift_work_limit();  // a large message may take as long as it takes
      const std::string proof = proof_of(out.facts, circumstances);
      out.report = co_await deliver(connection.client(), where, proof, mail);
      co_return out;
    }
    const base::Error& error = opened.error();
    const bool goes_plain = may_go_plain(requirement, out.facts, peer.start);
    out.facts.session.reset();
    auto second = error.code == base::Code::key_usage && !requirement.only_dane_ee
                      ? client::despite_key_usage(requirement)
                      : std::optional<policy::Requirement>();
    if (second) {
      requirement = std::move(*second);
    } else if (goes_plain) {
      AttemptResult failed;
      failed.failure = error;
      failed.facts = out.facts;
      out.earlier.push_back(std::move(failed));
      requirement.tls = Tls::never;
    } else {
      out.failure = error;
      co_return out;
    }
  }
}

}  // namespace qmail

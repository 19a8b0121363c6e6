#include "src/qmail/attempt.h"

#include "src/io/work_limit.h"
#include "src/qmail/answers.h"
#include "src/qmail/capability.h"
#include "src/qmail/clear_text.h"
#include "src/qmail/file_message.h"

namespace qmail {
namespace {

/// Hands the mail over on a connection that is open; `where` is the address.
io::Task<Report> deliver(smtp::Client& client, const std::string& where,
                         const std::string& proof, const Mail& mail) {
  if (auto refusal = missing_capability(client.offers(), mail, where)) {
    co_await client.quit();
    co_return std::move(*refusal);
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

}  // namespace

base::Result<Report> not_attempted() {
  return base::fail(base::ErrorKind::temporary, base::Code::local, "no attempt was made");
}

io::Task<AttemptResult> attempt(io::Loop& loop, const Approach& approach,
                                const mail::Ways& usual_ways, const Mail& mail) {
  AttemptResult out;
  const mail::Peer& peer = approach.peer;
  mail::Ways ways = usual_ways;
  ways.greeting_limit = approach.greeting_limit;
  policy::Requirement requirement = peer.requirement;
  const io::ConnectTimeouts limits{ways.connect_limit, std::chrono::seconds(0)};
  const std::vector<net::Endpoint> one(1, peer.endpoint);
  for (;;) {
    io::renew_work();
    auto connected = co_await io::connect_any(loop, one, ways.source, limits);
    if (!connected.socket) {
      out.report = tl::unexpected(connected.failures.back().error);
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
      const std::string proof = proof_text(out.facts, approach.circumstances);
      out.report = co_await deliver(connection.client(), where, proof, mail);
      co_return out;
    }
    const base::Error& error = opened.error();
    const bool goes_plain =
        may_go_plain(requirement, tls_progress(out.facts), peer.start);
    out.facts.session.reset();
    auto second = error.code == base::Code::key_usage && !requirement.only_dane_ee
                      ? client::despite_key_usage(requirement)
                      : std::optional<policy::Requirement>();
    if (second) {
      requirement = std::move(*second);
    } else if (goes_plain) {
      AttemptResult failed;
      failed.report = tl::unexpected(error);
      failed.facts = out.facts;
      out.earlier.push_back(std::move(failed));
      requirement.tls = policy::Tls::never;
    } else {
      out.report = tl::unexpected(error);
      co_return out;
    }
  }
}

}  // namespace qmail

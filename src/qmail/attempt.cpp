#include "src/qmail/attempt.h"

#include "src/io/work_limit.h"
#include "src/qmail/answers.h"
#include "src/qmail/capability.h"
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

AttemptResult attempt_result(const client::Connection& connection) {
  AttemptResult out;
  out.facts = connection.seen;
  out.connected = connection.seen.progress != client::Progress::nothing ||
                  !connection.earlier.empty();
  if (connection.seen.error) out.report = tl::unexpected(*connection.seen.error);
  const bool went_plain = connection.requirement.tls == policy::Tls::never &&
                          connection.terms.requirement.tls != policy::Tls::never;
  if (went_plain) {
    AttemptResult failed;
    failed.facts = connection.earlier.back();
    failed.report = tl::unexpected(*failed.facts.error);
    out.earlier.push_back(std::move(failed));
  }
  return out;
}

client::Options flow_of(const Approach& approach, mail::Options options) {
  options.greeting_limit = approach.greeting_limit;
  client::Options out = mail::flow_options(options, approach.start);
  if (approach.start == mail::TlsStart::starttls) {
    out.second_tries.clear_text = client::ClearTextAfterFailure::if_tls_is_optional;
  }
  return out;
}

io::Task<AttemptResult> attempt(client::Contact& contact, const Approach& approach,
                                const mail::Options& options, const Mail& mail) {
  client::Options flow = flow_of(approach, options);
  flow.on_connected = [](const io::ConnectOutcome&) { io::renew_work(); };
  io::renew_work();
  const std::vector<net::Endpoint> one(1, approach.endpoint);
  auto connection = co_await contact.reach(approach.target, one, approach.terms, flow);
  AttemptResult out = attempt_result(connection);
  if (!connection.is_good()) co_return out;
  io::lift_work_limit();  // a large message may take as long as it takes
  const std::string where = net::to_text(approach.endpoint.address);
  const std::string proof = proof_text(out.facts, approach.circumstances);
  out.report = co_await deliver(mail::smtp_client(connection), where, proof, mail);
  co_return out;
}

}  // namespace qmail

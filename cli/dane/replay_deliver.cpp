#include "cli/dane/replay_deliver.h"

#include <utility>

#include "cli/dane/check_result.h"
#include "cli/dane/connect_words.h"
#include "src/base/bytes.h"
#include "src/evidence/peer_check.h"
#include "src/io/run_task.h"
#include "src/qmail/delivery_again.h"
#include "src/witness/connection_bundle.h"
#include "src/witness/recorded_contact.h"

namespace cli::dane {
namespace {

std::string line_of(const qmail::SaidOfTry& one) {
  if (one.report.error) return refusal_line(one.report);
  return peer_words(one.report) + " " + base::printable(one.words, base::kMessage);
}

/// A bounce, or mail that waits for want of a proof, is decided; for any other reason
/// nothing is known yet.
Outcome outcome_of_end(const std::optional<base::Error>& error) {
  if (!error) return Outcome::fine;
  const bool is_known =
      base::is_about_proof(error->code) || error->kind == base::ErrorKind::permanent;
  return is_known ? Outcome::findings : Outcome::undecided;
}

/// The last address that was tried decided about the mail, or left it waiting.
Output output_of(const qmail::JudgedAgain& judged, const std::string& domain) {
  Output out;
  out.json = qmail::verdict_json(domain, judged.route, judged.tries) + "\n";
  if (!judged.route) {
    out.outcome = outcome_of_end(judged.route.error());
    out.text = base::printable(judged.route.error().detail, base::kMessage) + "\n";
    return out;
  }
  if (judged.tries.empty()) {
    out.text = "no host was tried\n";
    out.outcome = Outcome::undecided;
    return out;
  }
  for (const qmail::SaidOfTry& one : judged.tries) out.text += line_of(one) + "\n";
  out.outcome = outcome_of_end(judged.tries.back().report.error);
  return out;
}

}  // namespace

base::Result<Output> replay_deliver(const evidence::Bundle& bundle,
                                    const ReplayJob& job) {
  const auto proofs = evidence::check_peers(bundle);
  if (!proofs) return tl::unexpected(proofs.error());
  const auto about = qmail::about_in(evidence::Json::parse(bundle.about, nullptr, false));
  if (!about) return tl::unexpected(about.error());
  auto connections = witness::connections_of(bundle, *proofs, {"report"});
  if (!connections) return tl::unexpected(connections.error());
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, bundle, job);
  if (!dns) return tl::unexpected(dns.error());
  witness::RecordedContact contact(bundle, std::move(*connections),
                                   job.moment_of(bundle));
  const auto judged = io::run_task(
      loop, qmail::judge_again(dns->resolver(), contact, *about, job.trust_stores));
  if (!judged) return tl::unexpected(judged.error());
  return expect_to_hold(output_of(*judged, about->domain), *dns, contact.complaint(),
                        bundle, job);
}

}  // namespace cli::dane

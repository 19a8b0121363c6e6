#include "cli/dane/replay_connect.h"

#include <utility>

#include "cli/dane/check_result.h"
#include "cli/dane/connect_words.h"
#include "src/evidence/peer_check.h"
#include "src/io/run_task.h"
#include "src/witness/connect_bundle.h"
#include "src/witness/recorded_contact.h"

namespace cli::dane {
namespace {

Output output_of(const client::Report& report) {
  Output out;
  out.outcome = outcome_of(report.error);
  out.json = client::to_json(report) + "\n";
  // A peer that was refused is a finding; one that was not reached is told as connect
  // does.
  if (out.outcome == Outcome::fine || out.outcome == Outcome::findings) {
    out.text = (report.error ? refusal_line(report) : verdict_line(report)) + "\n";
    return out;
  }
  out.instead = report.error;
  out.instead->detail = refusal_line(report);
  return out;
}

}  // namespace

base::Result<Output> replay_connect(const evidence::Bundle& bundle,
                                    const ReplayJob& job) {
  const auto proofs = evidence::check_peers(bundle);
  if (!proofs) return tl::unexpected(proofs.error());
  auto recorded = witness::recorded_connect(bundle, *proofs, job.trust_stores);
  if (!recorded) return tl::unexpected(recorded.error());
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, bundle, job);
  if (!dns) return tl::unexpected(dns.error());
  witness::RecordedContact contact(bundle, std::move(recorded->connections),
                                   job.moment_of(bundle));
  const client::Reached reached =
      io::run_task(loop, client::reach_target(dns->resolver(), contact, recorded->wanted,
                                              recorded->options));
  return expect_to_hold(output_of(reached.report), *dns, contact.complaint(), bundle,
                        job);
}

}  // namespace cli::dane

#include "cli/dane/replay_check.h"

#include <utility>

#include "cli/dane/check_bundle.h"
#include "src/evidence/peer_check.h"
#include "src/witness/recorded_contact.h"

namespace cli::dane {

base::Result<Output> replay_check(const evidence::Bundle& bundle, const ReplayJob& job) {
  const auto proofs = evidence::check_peers(bundle);
  if (!proofs) return tl::unexpected(proofs.error());
  auto recorded = recorded_check(bundle, *proofs, job.trust_stores);
  if (!recorded) return tl::unexpected(recorded.error());
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, bundle, job);
  if (!dns) return tl::unexpected(dns.error());
  WaitingLine waiting(loop, /*wanted=*/false);
  witness::RecordedContact contact(bundle, std::move(recorded->connections),
                                   job.moment_of(bundle));
  Output out = check_output({loop, waiting, contact}, dns->resolver(), recorded->job);
  return expect_to_hold(std::move(out), *dns, contact.complaint(), bundle, job);
}

}  // namespace cli::dane

#include "cli/dane/replay_audit.h"

#include "cli/dane/audit/json.h"
#include "cli/dane/audit/printer.h"
#include "cli/dane/audit_outcome.h"
#include "src/audit/audit_bundle.h"
#include "src/audit/domain_word.h"
#include "src/audit/judge.h"
#include "src/audit/survey.h"
#include "src/evidence/peer_check.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

/// The audit of one domain over a replay.
base::Result<audit::DomainAudit> audit_again(const evidence::Bundle& bundle,
                                             audit::RecordedAudit recorded,
                                             const ReplayJob& job) {
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, bundle, job);
  if (!dns) return tl::unexpected(dns.error());
  if (job.at) {
    recorded.facts.stored.moment = *job.at;
    recorded.facts.moments.clear();
  }
  const auto contact = std::make_shared<audit::RecordedContact>(recorded.facts);
  audit::Common common(recorded.settings, {});
  audit::Survey survey(loop, dns->resolver(), common, contact);
  audit::DomainAudit out;
  out.item = recorded.item;
  const auto name = audit::domain_in_word(recorded.item.word);
  if (name) {
    out.seen = io::run_task(loop, survey.domain(*name));
  } else {
    out.seen.error = name.error();
  }
  out.moment = job.moment_of(bundle);
  out.took = recorded.took;
  out.judgement = audit::judge(out);
  if (const auto sound = dns->check_all(); !sound) return tl::unexpected(sound.error());
  if (contact->complaint()) return tl::unexpected(*contact->complaint());
  return out;
}

std::string text_of(const audit::DomainAudit& audited) {
  report::Wanted wanted;
  wanted.each = report::Each::text;
  report::Printer printer(wanted);
  std::string out = printer.take(audited, "");
  return out + printer.finish();
}

}  // namespace

base::Result<Output> replay_audit(const evidence::Bundle& bundle, const ReplayJob& job) {
  const auto proofs = evidence::check_peers(bundle);
  if (!proofs) return tl::unexpected(proofs.error());
  auto recorded = audit::recorded_audit(bundle, *proofs);
  if (!recorded) return tl::unexpected(recorded.error());
  const auto again = audit_again(bundle, std::move(*recorded), job);
  if (!again) return tl::unexpected(again.error());
  if (auto bound = audit::check_binding(bundle, again->seen); !bound) {
    return tl::unexpected(bound.error());
  }
  Output out;
  out.outcome = outcome_of(again->judgement.grade);
  out.json = report::json_line(*again);
  out.text = text_of(*again);
  if (job.at) return out;
  if (auto same = expect_verdict(bundle, out.json); !same) {
    return tl::unexpected(same.error());
  }
  return out;
}

}  // namespace cli::dane

#include "cli/dane/replay_audit.h"

#include "cli/dane/audit/json.h"
#include "src/audit/audit_bundle.h"
#include "src/audit/domain_word.h"
#include "src/audit/judge.h"
#include "src/audit/survey.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/peer_check.h"
#include "src/evidence/replay_source.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

/// The audit of one domain over a replay.
base::Result<audit::DomainAudit> audit_again(const evidence::Bundle& bundle,
                                             audit::RecordedAudit recorded,
                                             const ReplayJob& job) {
  io::Loop loop(1);
  const auto moment = job.at.value_or(bundle.moment);
  auto source =
      evidence::ReplaySource::create(loop, bundle.dns, {job.trust_anchor, moment});
  if (!source) return tl::unexpected(source.error());
  evidence::ReplaySource& replay = **source;
  resolver::Resolver resolver(std::move(*source));
  // Nothing was asked about a word that is no domain.
  const bool any = !bundle.dns.answers.empty();
  if (auto anchored = any ? io::run_task(loop, resolver.check()) : base::Result<void>();
      !anchored) {
    return evidence::does_not_hold(
        "the keys of the root are not those of the trust anchor: " +
        anchored.error().detail);
  }
  if (job.at) {
    recorded.facts.stored.moment = *job.at;
    recorded.facts.moments.clear();
  }
  audit::RecordedContact contact(recorded.facts);
  audit::Common common(recorded.settings, {});
  audit::Survey survey(loop, resolver, common, contact);
  audit::DomainAudit out;
  out.item = recorded.item;
  const auto name = audit::domain_in_word(recorded.item.word);
  if (name) {
    out.seen = io::run_task(loop, survey.domain(*name));
  } else {
    out.seen.error = name.error();
  }
  out.moment = moment;
  out.took = recorded.took;
  out.judgement = audit::judge(out);
  const auto sound = io::run_task(loop, replay.ask_all());
  if (!sound) return tl::unexpected(sound.error());
  if (contact.complaint()) return tl::unexpected(*contact.complaint());
  return out;
}

}  // namespace

base::Result<audit::DomainAudit> replay_audit(const evidence::Bundle& bundle,
                                              const ReplayJob& job) {
  const auto proofs = evidence::check_peers(bundle);
  if (!proofs) return tl::unexpected(proofs.error());
  auto recorded = audit::recorded_audit(bundle, *proofs);
  if (!recorded) return tl::unexpected(recorded.error());
  auto out = audit_again(bundle, std::move(*recorded), job);
  if (!out) return out;
  if (auto bound = audit::check_binding(bundle, out->seen); !bound) {
    return tl::unexpected(bound.error());
  }
  if (job.at) return out;
  const auto verdict = evidence::read_json(report::json_line(*out));
  if (!verdict || evidence::canonical(*verdict) != bundle.verdict) {
    return evidence::does_not_hold("the verdict that follows from it is another one");
  }
  return out;
}

}  // namespace cli::dane

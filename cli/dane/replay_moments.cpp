// Times within a bundle. Each is a claim of whoever made it, but not any claim: who could
// write down another hour for each part could put together what never stood together,
// such as yesterday's records with the handshake of a key that came today.
#include "cli/dane/replay_moments.h"

#include <algorithm>
#include <map>
#include <set>

#include "cli/dane/replay_explain.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

/// Signature checks that the opinions of other moments may cost together, and each at
/// least: strangers choose how many moments there are.
constexpr std::size_t kMostChecks = 4096, kLeastChecks = 256;

/// The answers that peers of one moment signed behind.
using Known = std::map<std::chrono::sys_seconds, std::set<std::size_t>>;

/// Clocks are set, by less than signatures are forgiven.
bool is_after_verdict(const evidence::Bundle& bundle, std::chrono::sys_seconds moment) {
  return moment > bundle.moment + bundle.dns.skew.least;
}

base::Result<Known> known_at(const evidence::Bundle& bundle) {
  Known out;
  for (const evidence::Handshake& peer : bundle.peers) {
    if (is_after_verdict(bundle, peer.moment)) {
      return evidence::does_not_hold(base::printable(peer.host) +
                                     ": a handshake after the verdict");
    }
    if (peer.moment == bundle.moment) continue;  // which is judged anyway
    out[peer.moment].insert(peer.answers.begin(), peer.answers.end());
  }
  return out;
}

base::Result<void> expect_known(const evidence::Bundle& bundle, const ReplayJob& job) {
  const auto known = known_at(bundle);
  if (!known) return tl::unexpected(known.error());
  if (known->empty()) return {};
  auto basis = basis_of(job, bundle.moment);
  if (!basis) return tl::unexpected(basis.error());
  basis->bounds.checks = std::max(kMostChecks / known->size(), kLeastChecks);
  for (const auto& [moment, answers] : *known) {
    basis->moment = moment;
    const auto opinion = evidence::second_opinion(bundle.dns, *basis);
    for (const std::size_t i : answers) {
      const auto same = expect_same(bundle.dns.answers[i], opinion.answers[i]);
      if (same) continue;
      return tl::unexpected(same.error().in("at " + verify::to_text(moment) +
                                            ", when a handshake was held"));
    }
  }
  return {};
}

/// The first answers, with those that came again in their places.
base::Result<evidence::DnsEvidence> as_asked(const evidence::DnsEvidence& dns,
                                             const evidence::AskedAgain& again) {
  evidence::DnsEvidence out = dns;
  out.again.clear();
  for (const evidence::Answer& answer : again.answers) {
    const evidence::Trail::Question question{answer.name,
                                             static_cast<resolver::Type>(answer.type)};
    const evidence::Answer* first = evidence::find_answer(dns, question);
    if (first == nullptr) {
      return evidence::does_not_hold(evidence::in_words(question) +
                                     " was asked for again, and not before");
    }
    out.answers[static_cast<std::size_t>(first - dns.answers.data())] = answer;
  }
  return out;
}

base::Result<void> expect_again(const evidence::Bundle& bundle,
                                const evidence::AskedAgain& again, const ReplayJob& job) {
  if (again.answers.empty()) return evidence::does_not_hold("nothing was asked for");
  if (is_after_verdict(bundle, again.moment)) {
    return evidence::does_not_hold("that is after the verdict");
  }
  auto asked = as_asked(bundle.dns, again);
  if (!asked) return tl::unexpected(asked.error());
  evidence::Bundle then;
  then.moment = again.moment;
  then.dns = std::move(*asked);
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, then, job);
  if (!dns) return tl::unexpected(dns.error());
  if (auto sound = dns->check_all(); !sound) return sound;
  const auto opinion = second_opinion_of(then, job);
  if (!opinion) return tl::unexpected(opinion.error());
  return expect_same(then, *opinion);
}

}  // namespace

base::Result<void> expect_at_other_moments(const evidence::Bundle& bundle,
                                           const ReplayJob& job) {
  if (job.at) return {};
  if (auto known = expect_known(bundle, job); !known) return known;
  for (const evidence::AskedAgain& again : bundle.dns.again) {
    const auto held = expect_again(bundle, again, job);
    if (held) continue;
    return tl::unexpected(
        held.error().in("asked again at " + verify::to_text(again.moment)));
  }
  return {};
}

}  // namespace cli::dane

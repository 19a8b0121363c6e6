// Times within a bundle. Each is a claim of whoever made it, but not any claim: who could
// write down another hour for each part could put together what never stood together,
// such as yesterday's records with the handshake of a key that came today.
#include "cli/dane/replay_moments.h"

#include <algorithm>
#include <map>
#include <set>

#include "cli/dane/replay_explain.h"
#include "src/evidence/canonical_json.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

/// Signature checks that the opinions of other moments may cost together, and each at
/// least: strangers choose how many moments there are.
constexpr std::size_t kMostChecks = 4096, kLeastChecks = 256;

/// The answers that peers of one moment signed behind.
using Known = std::map<std::chrono::sys_seconds, std::set<std::size_t>>;

base::Result<Known> known_at(const evidence::Bundle& bundle) {
  Known out;
  for (const evidence::Handshake& peer : bundle.peers) {
    // Clocks are set, by less than signatures are forgiven.
    if (peer.moment > bundle.moment + bundle.dns.skew.least) {
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
  for (const auto& [moment, answers] : *known) {
    auto basis = basis_of(job, moment);
    if (!basis) return tl::unexpected(basis.error());
    basis->bounds.checks = std::max(kMostChecks / known->size(), kLeastChecks);
    const auto opinion =
        evidence::second_opinion(bundle.dns.sets, bundle.dns.answers, *basis);
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
evidence::DnsEvidence as_asked(const evidence::DnsEvidence& dns,
                               const evidence::AskedAgain& again) {
  evidence::DnsEvidence out = dns;
  out.again.clear();
  const auto place = [](const evidence::Answer& answer) {
    return std::pair(answer.name, answer.type);
  };
  std::map<std::pair<dns::Name, std::uint16_t>, const evidence::Answer*> fresh;
  for (const evidence::Answer& answer : again.answers) fresh[place(answer)] = &answer;
  for (evidence::Answer& answer : out.answers) {
    const auto found = fresh.find(place(answer));
    if (found != fresh.end()) answer = *found->second;
  }
  return out;
}

base::Result<void> expect_again(const evidence::Bundle& bundle,
                                const evidence::AskedAgain& again, const ReplayJob& job) {
  if (again.answers.empty()) return evidence::does_not_hold("nothing was asked for");
  if (again.moment > bundle.moment + bundle.dns.skew.least) {
    return evidence::does_not_hold("that is after the verdict");
  }
  for (const evidence::Answer& answer : again.answers) {
    const bool was_asked =
        std::ranges::any_of(bundle.dns.answers, [&](const evidence::Answer& first) {
          return first.name == answer.name && first.type == answer.type;
        });
    if (!was_asked) {
      return evidence::does_not_hold(
          evidence::in_words({answer.name, static_cast<resolver::Type>(answer.type)}) +
          " was asked for again, and not before");
    }
  }
  evidence::Bundle then;
  then.moment = again.moment;
  then.dns = as_asked(bundle.dns, again);
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

// Times within a bundle. Each is a claim of whoever made it, but not any claim: who could
// write down another hour for each part could put together what never stood together,
// such as yesterday's records with the handshake of a key that came today.
#include "cli/dane/replay_moments.h"

#include <algorithm>
#include <map>
#include <set>

#include "cli/dane/replay_explain.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

/// Signature checks that the opinions of what was asked again may cost together, and each
/// at least: strangers choose how many moments there are.
constexpr std::size_t kMostChecks = 4096, kLeastChecks = 256;

/// What one of so many moments may cost.
std::size_t share_of(std::size_t moments) {
  return std::max(kMostChecks / moments, kLeastChecks);
}

/// What the opinions of all moments of peers may cost together. Each peer may have a
/// moment of its own.
constexpr evidence::WorkBounds kWorkOfPeers = {.checks = 65'536, .hashes = 65'536};

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
  const evidence::AnswerBook book(bundle.dns.sets, bundle.dns.answers);
  const evidence::WorkBounds each = basis->bounds;
  evidence::WorkBounds left = kWorkOfPeers;
  for (const auto& [moment, answers] : *known) {
    if (answers.empty()) continue;
    basis->moment = moment;
    basis->only.assign(answers.begin(), answers.end());
    basis->bounds.checks = std::min(each.checks, left.checks);
    basis->bounds.hashes = std::min(each.hashes, left.hashes);
    const auto opinion = evidence::second_opinion(book, *basis);
    left.checks -= std::min(left.checks, opinion.checks);
    left.hashes -= std::min(left.hashes, opinion.hashes);
    for (const std::size_t i : answers) {
      const auto same = expect_same(bundle.dns.answers[i], opinion.answers[i]);
      if (same) continue;
      return tl::unexpected(same.error().in("at " + verify::to_text(moment) +
                                            ", when a handshake was held"));
    }
  }
  return {};
}

/// What stood at the moment of questions that were asked again.
struct Then {
  evidence::Bundle bundle;  ///< the first answers, with the new ones in their places
  std::vector<std::size_t> asked;  ///< these, ascending
};

base::Result<Then> as_asked(const evidence::DnsEvidence& dns,
                            const evidence::AskedAgain& again) {
  Then out;
  out.bundle.moment = again.moment;
  out.bundle.dns = dns;
  out.bundle.dns.again.clear();
  for (const evidence::Answer& answer : again.answers) {
    const evidence::Trail::Question question{answer.name,
                                             static_cast<resolver::Type>(answer.type)};
    const evidence::Answer* first = evidence::find_answer(dns, question);
    if (first == nullptr) {
      return evidence::does_not_hold(evidence::in_words(question) +
                                     " was asked for again, and not before");
    }
    out.asked.push_back(static_cast<std::size_t>(first - dns.answers.data()));
    out.bundle.dns.answers[out.asked.back()] = answer;
  }
  std::ranges::sort(out.asked);
  return out;
}

/// Whether both validators say of the answers what stands there; `share` is how many
/// signature checks that may cost.
base::Result<void> expect_held(const Then& then, const ReplayJob& job,
                               const std::vector<evidence::Answer>& answers,
                               std::size_t share) {
  io::Loop loop(1);
  auto dns = RecordedDns::open(loop, then.bundle, job);
  if (!dns) return tl::unexpected(dns.error());
  if (auto sound = dns->check_each(answers); !sound) return sound;
  auto basis = basis_of(job, then.bundle.moment);
  if (!basis) return tl::unexpected(basis.error());
  basis->skew = then.bundle.dns.skew;
  basis->bounds.checks = share;
  basis->only = then.asked;
  const auto opinion = evidence::second_opinion(then.bundle.dns, *basis);
  for (const std::size_t i : then.asked) {
    auto same = expect_same(then.bundle.dns.answers[i], opinion.answers[i]);
    if (!same) return same;
  }
  return {};
}

base::Result<void> expect_again(const evidence::Bundle& bundle,
                                const evidence::AskedAgain& again, const ReplayJob& job) {
  if (again.answers.empty()) return evidence::does_not_hold("nothing was asked for");
  if (is_after_verdict(bundle, again.moment)) {
    return evidence::does_not_hold("that is after the verdict");
  }
  const auto then = as_asked(bundle.dns, again);
  if (!then) return tl::unexpected(then.error());
  return expect_held(*then, job, again.answers, share_of(bundle.dns.again.size()));
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

// The sum of other people's reports.
//
// Whoever knows the address may send reports, a thousand of them with a hundred thousand
// made-up hosts each. So a report is added up and forgotten, and what is kept has a bound
// in number and length. No single report can take all of the room, so that one full of
// inventions leaves the others their details. Sessions are always counted: where there is
// no room for a place they are in its result, without a result in its policy, and without
// a policy in the totals, which is what the exit status comes from.
#include "src/tlsrpt/report_summary.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace tlsrpt {
namespace {

/// Adds, and stays at the largest number: a sum that begins again at 0 would hide what
/// was counted.
void add_to(std::uint64_t& sum, std::uint64_t more) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  sum = more > kLargest - sum ? kLargest : sum + more;
}

std::string cut(const std::string& text) {
  return text.substr(0, ReportTotals::kMostText);
}

}  // namespace

/// Whether a key is among those that are kept, or may become one.
template <typename Keys>
bool ReportTotals::has_room(const Keys& keys, const typename Keys::key_type& key) {
  if (keys.contains(key)) return true;
  if (room_ == 0) {
    add_to(sum_.left_out, 1);
    return false;
  }
  --room_;
  ++kept_;
  return true;
}

void ReportTotals::add(const ReceivedReport& report) {
  // Who reports and which id it has are the sender's words: a forged report with those of
  // another must not take its place.
  const bool twice = !report.id.empty() && !digests_.insert(report.digest).second;
  if (twice) return;
  room_ = std::min(kMostOfOne, kMostKept - kept_);
  ++sum_.reports;
  const std::string organization = cut(report.organization);
  if (!organization.empty() && has_room(organizations_, organization)) {
    organizations_.insert(organization);
  }
  const std::string begin = cut(report.begin);
  const bool earlier = sum_.first.empty() || begin < sum_.first;
  if (earlier && !begin.empty()) sum_.first = begin;
  sum_.last = std::max(sum_.last, cut(report.end));
  for (const ReportedPolicy& policy : report.policies) add(policy);
}

void ReportTotals::add(const ReportedPolicy& policy) {
  std::uint64_t detailed = 0;
  for (const ReportedFailure& failure : policy.failures) {
    add_to(detailed, failure.sessions);
  }
  const std::uint64_t failed = std::max(policy.failed, detailed);
  add_to(sum_.succeeded, policy.succeeded);
  add_to(sum_.failed, failed);
  const std::pair key{cut(policy.domain), cut(policy.type)};
  if (!has_room(policies_, key)) return;
  Policy& out = policies_[key];
  add_to(out.succeeded, policy.succeeded);
  add_to(out.failed, failed);
  for (const ReportedFailure& failure : policy.failures) add(failure, out);
}

void ReportTotals::add(const ReportedFailure& failure, Policy& out) {
  const std::string result = cut(failure.result);
  if (!has_room(out.kinds, result)) return;
  Kind& kind = out.kinds[result];
  add_to(kind.sessions, failure.sessions);
  const Place place{cut(failure.host), cut(failure.address), cut(failure.source)};
  if (has_room(kind.places, place)) add_to(kind.places[place], failure.sessions);
  const std::string reason = cut(failure.reason);
  if (!reason.empty() && has_room(kind.reasons, reason)) {
    add_to(kind.reasons[reason], failure.sessions);
  }
}

FailureKind ReportTotals::kind_of(const std::string& result, const Kind& kind) {
  FailureKind out{result, kind.sessions, {}, {}};
  for (const auto& [place, sessions] : kind.places) {
    const auto& [host, address, source] = place;
    out.places.push_back({host, address, source, sessions});
  }
  std::ranges::stable_sort(out.places, std::ranges::greater{}, &FailurePlace::sessions);
  for (const auto& [reason, sessions] : kind.reasons) out.reasons.push_back(reason);
  std::ranges::stable_sort(out.reasons, std::ranges::greater{},
                           [&](const std::string& one) { return kind.reasons.at(one); });
  return out;
}

ReportSummary ReportTotals::summary() const {
  ReportSummary out = sum_;
  out.organizations.assign(organizations_.begin(), organizations_.end());
  for (const auto& [key, kept] : policies_) {
    PolicySummary policy{key.second, key.first, kept.succeeded, kept.failed, {}};
    for (const auto& [result, kind] : kept.kinds) {
      policy.kinds.push_back(kind_of(result, kind));
    }
    std::ranges::stable_sort(policy.kinds, std::ranges::greater{},
                             &FailureKind::sessions);
    out.policies.push_back(std::move(policy));
  }
  std::ranges::stable_sort(out.policies, std::ranges::greater{}, &PolicySummary::failed);
  return out;
}

}  // namespace tlsrpt

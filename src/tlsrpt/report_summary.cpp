#include "src/tlsrpt/report_summary.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tlsrpt {
namespace {

/// Adds, and stays at the largest number: a sum that begins again at 0 would hide what
/// was counted.
void add_to(std::uint64_t& sum, std::uint64_t more) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  sum = more > kLargest - sum ? kLargest : sum + more;
}

using Place = std::tuple<std::string, std::string, std::string>;

struct KindCount {
  std::uint64_t sessions = 0;
  std::map<Place, std::uint64_t> places;
  std::set<std::string> reasons;
};

struct PolicyCount {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::map<std::string, KindCount> kinds;  // by result
};

void add(const ReportedPolicy& policy, PolicyCount& out) {
  std::uint64_t detailed = 0;
  for (const ReportedFailure& failure : policy.failures) {
    add_to(detailed, failure.sessions);
    KindCount& kind = out.kinds[failure.result];
    add_to(kind.sessions, failure.sessions);
    add_to(kind.places[{failure.host, failure.address, failure.source}],
           failure.sessions);
    if (!failure.reason.empty()) kind.reasons.insert(failure.reason);
  }
  add_to(out.succeeded, policy.succeeded);
  add_to(out.failed, std::max(policy.failed, detailed));
}

FailureKind kind_of(const std::string& result, const KindCount& count) {
  FailureKind out{result, count.sessions, {}, {}};
  out.reasons.assign(count.reasons.begin(), count.reasons.end());
  for (const auto& [place, sessions] : count.places) {
    const auto& [host, address, source] = place;
    out.places.push_back({host, address, source, sessions});
  }
  std::ranges::stable_sort(out.places, std::ranges::greater{}, &FailurePlace::sessions);
  return out;
}

}  // namespace

ReportSummary summary_of(std::span<const ReceivedReport> reports) {
  ReportSummary out;
  std::set<std::string> organizations;
  std::set<std::array<std::byte, 32>> digests;
  std::map<std::pair<std::string, std::string>, PolicyCount> policies;  // domain, type
  for (const ReceivedReport& report : reports) {
    // Who reports and which id it has are the sender's words: a forged report with those
    // of another must not take its place.
    const bool twice = !report.id.empty() && !digests.insert(report.digest).second;
    if (twice) continue;
    ++out.reports;
    if (!report.organization.empty()) organizations.insert(report.organization);
    const bool earlier = out.first.empty() || report.begin < out.first;
    if (earlier && !report.begin.empty()) out.first = report.begin;
    out.last = std::max(out.last, report.end);
    for (const ReportedPolicy& policy : report.policies) {
      add(policy, policies[{policy.domain, policy.type}]);
    }
  }
  out.organizations.assign(organizations.begin(), organizations.end());
  for (const auto& [key, count] : policies) {
    add_to(out.succeeded, count.succeeded);
    add_to(out.failed, count.failed);
    PolicySummary policy{key.second, key.first, count.succeeded, count.failed, {}};
    for (const auto& [result, kind] : count.kinds) {
      policy.kinds.push_back(kind_of(result, kind));
    }
    std::ranges::stable_sort(policy.kinds, std::ranges::greater{},
                             &FailureKind::sessions);
    out.policies.push_back(std::move(policy));
  }
  return out;
}

}  // namespace tlsrpt

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "src/tlsrpt/received_report.h"

namespace tlsrpt {

/// Where sessions failed alike.
struct FailurePlace {
  std::string host;
  std::string address;  ///< of the mail host
  std::string source;   ///< address that the sender came from
  std::uint64_t sessions = 0;
};

/// All sessions under one policy that failed with one result.
struct FailureKind {
  std::string result;
  std::uint64_t sessions = 0;
  std::vector<FailurePlace> places;  ///< those of most sessions first
  std::vector<std::string> reasons;  ///< of the reporters, those of most sessions first
};

/// How all sessions under one policy came out.
struct PolicySummary {
  std::string type;
  std::string domain;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::vector<FailureKind> kinds;  ///< those of most sessions first
};

/// What several reports say together.
struct ReportSummary {
  std::size_t reports = 0;
  std::vector<std::string> organizations;  ///< each once, sorted
  std::string first;                       ///< the earliest begin, as text
  std::string last;                        ///< the latest end
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::vector<PolicySummary> policies;  ///< most failures first, then by domain and type
  /// How often an organization, policy, result, place or reason was new and is not here,
  /// for want of room. The sessions are in what it would be a part of.
  std::uint64_t left_out = 0;
};

/// Adds reports up, one after the other. Reporters differ: a policy whose total of
/// failures is less than the sum of its details has that sum. Two reports with an id and
/// the same JSON are one that came twice. Sums that are too large for 64 bits stay at the
/// largest number.
class ReportTotals {
 public:
  /// How many organizations, policies, results, places and reasons are kept in all, and
  /// how many that are new one report may bring; octets that are kept of a text.
  static constexpr std::size_t kMostKept = 100'000;
  static constexpr std::size_t kMostOfOne = 10'000;
  static constexpr std::size_t kMostText = 255;

  /// Counts a report, of which nothing else is kept.
  void add(const ReceivedReport& report);
  [[nodiscard]] ReportSummary summary() const;

 private:
  using Place = std::tuple<std::string, std::string, std::string>;
  struct Kind {
    std::uint64_t sessions = 0;
    std::map<Place, std::uint64_t> places;
    std::map<std::string, std::uint64_t> reasons;
  };
  struct Policy {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::map<std::string, Kind> kinds;  // by result
  };

  void add(const ReportedPolicy& policy);
  void add(const ReportedFailure& failure, Policy& out);
  template <typename Keys>
  bool has_room(const Keys& keys, const typename Keys::key_type& key);
  static FailureKind kind_of(const std::string& result, const Kind& kind);

  ReportSummary sum_;  // but for what the maps hold
  std::set<std::string> organizations_;
  std::map<std::pair<std::string, std::string>, Policy> policies_;  // domain, type
  std::set<std::array<std::byte, 32>> digests_;
  std::size_t kept_ = 0;
  std::size_t room_ = 0;  // for what is new in one report
};

}  // namespace tlsrpt

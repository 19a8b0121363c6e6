#pragma once

#include <span>

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
  std::vector<std::string> reasons;  ///< of the reporters, each once
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
  std::vector<PolicySummary> policies;  ///< by domain and type
};

/// Adds reports up. Reporters differ: a policy whose total of failures is less than the
/// sum of its details has that sum. Two reports with an id and the same JSON are one that
/// came twice. Sums that are too large for 64 bits stay at the largest number.
[[nodiscard]] ReportSummary summary_of(std::span<const ReceivedReport> reports);

}  // namespace tlsrpt

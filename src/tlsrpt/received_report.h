#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace tlsrpt {

/// Sessions that failed alike, in a report of somebody else (RFC 8460 4.4). Texts are as
/// they stand there; what is missing is empty.
struct ReportedFailure {
  std::string result;       ///< `result-type`
  std::string source;       ///< `sending-mta-ip`
  std::string host;         ///< `receiving-mx-hostname`
  std::string helo;         ///< `receiving-mx-helo`
  std::string address;      ///< `receiving-ip`
  std::string reason;       ///< `failure-reason-code`
  std::string information;  ///< `additional-information`, or its older name
  std::uint64_t sessions = 0;
};

/// How sessions under one policy came out.
struct ReportedPolicy {
  std::string type;  ///< `tlsa`, `sts` or `no-policy-found`
  std::string domain;
  std::vector<std::string> strings;  ///< the policy: TLSA records, or lines of MTA-STS
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::vector<ReportedFailure> failures;
};

/// A report that somebody else has sent.
struct ReceivedReport {
  std::string organization;
  std::string contact;
  std::string id;
  std::string begin;  ///< `2026-06-01T00:00:00Z`
  std::string end;
  std::vector<ReportedPolicy> policies;
  std::array<std::byte, 32> digest{};  ///< SHA2-256 of its JSON
};

/// Reads the JSON of a report. Whoever knows the address may send one: it has bounds of
/// its own on policies and failures, and what is more than them is no report. A number of
/// sessions that is there must be an integer, or a text of digits. Error kind `usage`,
/// code `bad_file`.
[[nodiscard]] base::Result<ReceivedReport> read_report(std::string_view json);

}  // namespace tlsrpt

// Reports that others mail: whatever the file holds, it is unpacked within its bounds,
// and what is read of it is text and counts that add up.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "src/tlsrpt/report_envelope.h"
#include "src/tlsrpt/report_summary.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto json = tlsrpt::report_in(input);
  if (!json) must(!json.error().detail.empty());
  if (json) must(json->size() <= tlsrpt::kMostReport);
  // The JSON reader is tried without an envelope too.
  for (const std::string_view text : {json ? std::string_view(*json) : input, input}) {
    const auto report = tlsrpt::read_report(text);
    if (!report) continue;
    tlsrpt::ReportTotals totals;
    totals.add(*report);
    const auto summary = totals.summary();
    must(summary.reports == 1 && summary.policies.size() <= report->policies.size());
    const bool whole = summary.left_out == 0;
    std::uint64_t failed = 0;
    for (const tlsrpt::PolicySummary& policy : summary.policies) {
      std::uint64_t detailed = 0;
      for (const tlsrpt::FailureKind& kind : policy.kinds) {
        std::uint64_t placed = 0;
        for (const tlsrpt::FailurePlace& place : kind.places) placed += place.sessions;
        must(whole ? placed == kind.sessions : placed <= kind.sessions);
        detailed += kind.sessions;
      }
      must(detailed <= policy.failed);
      failed += policy.failed;
    }
    must(whole ? failed == summary.failed : failed <= summary.failed);
  }
  return 0;
}

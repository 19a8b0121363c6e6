#include "cli/dane/received_reports.h"

#include <cstdio>
#include <utility>

#include "cli/dane/received_text.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/io/file.h"
#include "src/tlsrpt/report_envelope.h"
#include "src/tlsrpt/report_summary.h"

namespace cli::dane {
namespace {

base::Result<tlsrpt::ReceivedReport> load(const std::string& file) {
  const auto octets = file == "-" ? io::read_standard_input(tlsrpt::kMostEnvelope)
                                  : io::read_file(file, tlsrpt::kMostEnvelope);
  if (!octets) return tl::unexpected(octets.error());
  const std::string name = file == "-" ? "<stdin>" : file;
  const auto json = tlsrpt::report_in(*octets);
  if (!json) return tl::unexpected(json.error().in(name));
  auto report = tlsrpt::read_report(*json);
  if (!report) return tl::unexpected(report.error().in(name));
  return report;
}

void write_failure(base::JsonWriter& json, const tlsrpt::ReportedFailure& failure) {
  json.begin_object().member("result", failure.result);
  json.member("sessions", failure.sessions);
  const std::pair<const char*, const std::string&> texts[] = {
      {"host", failure.host},       {"helo", failure.helo},
      {"address", failure.address}, {"source", failure.source},
      {"reason", failure.reason},   {"information", failure.information}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) json.member(name, text);
  }
  json.end_object();
}

std::string json_of(const std::string& file, const tlsrpt::ReceivedReport& report) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("file", file == "-" ? "<stdin>" : file);
  json.member("organization", report.organization).member("contact", report.contact);
  json.member("id", report.id).member("begin", report.begin).member("end", report.end);
  json.key("policies").begin_array();
  for (const tlsrpt::ReportedPolicy& policy : report.policies) {
    json.begin_object().member("type", policy.type).member("domain", policy.domain);
    json.member("policy", policy.strings).member("succeeded", policy.succeeded);
    json.member("failed", policy.failed).key("failures").begin_array();
    for (const auto& failure : policy.failures) write_failure(json, failure);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.text() + "\n";
}

}  // namespace

base::Result<Outcome> read_received(const Arguments& arguments) {
  if (arguments.words().empty()) return usage_error("usage: dane tlsrpt --read FILE...");
  for (const char* option : {"from", "to", "store", "domain", "output", "organization",
                             "contact", "submitter"}) {
    if (arguments.has(option)) {
      return usage_error("--read does not go with --" + std::string(option));
    }
  }
  tlsrpt::ReportTotals totals;
  bool all_read = true;
  for (const std::string& file : arguments.words()) {
    const auto report = load(file);
    if (!report) {
      std::fprintf(stderr, "dane: %s\n",
                   base::printable(report.error().detail, base::kLine).c_str());
      all_read = false;
      continue;
    }
    if (arguments.has("json")) print(json_of(file, *report));
    totals.add(*report);
  }
  const auto summary = totals.summary();
  if (!arguments.has("json") && summary.reports > 0) {
    print(received_text(summary, output_columns()));
  }
  if (!all_read) return Outcome::undecided;
  return summary.failed > 0 ? Outcome::findings : Outcome::fine;
}

}  // namespace cli::dane

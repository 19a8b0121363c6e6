#include "cli/dane/audit/csv.h"

#include <algorithm>

#include "cli/dane/audit/grade_words.h"
#include "src/base/bytes.h"
#include "verify/certificate.h"

namespace cli::report {
namespace {

using namespace audit;

/// A value, in quotation marks where it needs them. Strangers choose some values: one
/// that a spreadsheet would take for a formula gets an apostrophe in front.
std::string field(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t";
  std::string out = base::printable(text, base::kLine);
  if (!out.empty() && kFormula.find(out.front()) != std::string_view::npos) {
    out.insert(0, "'");
  }
  if (out.find_first_of("\",\n\r") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string csv_head() {
  return "number,input,domain,grade,cause,about,detail,mail_servers,verified,errors,"
         "warnings,notes,time\n";
}

std::string csv_line(const DomainAudit& audited) {
  const Judgement& judgement = audited.judgement;
  const auto count = [&](Severity severity) {
    return std::to_string(std::ranges::count_if(judgement.findings, [&](const auto& one) {
      return kind_of(one.code).severity == severity;
    }));
  };
  const bool has_cause = judgement.cause && !judgement.findings.empty();
  const Finding cause = has_cause ? judgement.findings.front() : Finding{};
  std::string out = std::to_string(audited.item.number);
  for (const std::string& value :
       {audited.item.word, audited.seen.domain.text(),
        std::string(audit::to_text(judgement.grade)),
        std::string(judgement.cause ? kind_of(*judgement.cause).word : ""), cause.subject,
        cause.detail, std::to_string(judgement.hosts.size()),
        std::to_string(std::ranges::count_if(judgement.hosts, is_all_proved)),
        count(Severity::error), count(Severity::warning), count(Severity::note),
        verify::to_text(audited.moment)}) {
    out += "," + field(value);
  }
  return out + "\n";
}

}  // namespace cli::report

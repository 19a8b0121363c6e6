#include "cli/dane/audit/one_line.h"

#include "cli/dane/audit/grade_words.h"
#include "cli/layout.h"
#include "src/base/bytes.h"

namespace cli::report {
namespace {

using namespace audit;

/// Why, behind the name: what the cause is, and whose it is if not the domain's.
std::string why(const DomainAudit& audited) {
  const Judgement& judgement = audited.judgement;
  if (!judgement.cause || judgement.findings.empty()) {
    return judgement.hosts.empty()
               ? ""
               : counted(judgement.hosts.size(), "mail server", "mail servers");
  }
  if (judgement.grade == Grade::bad_input && audited.seen.error) {
    // The word itself stands in front.
    const std::string& detail = audited.seen.error->detail;
    const std::string_view is = " is ";
    const std::size_t at =
        detail.find(is, base::printable(audited.item.word, base::kName).size());
    return at == std::string::npos ? detail : detail.substr(at + is.size());
  }
  if (judgement.cause == Code::mx_insecure) return "not signed with DNSSEC";
  if (judgement.cause == Code::no_mail_host) return "no MX record and no address";
  if (judgement.cause == Code::mx_null) return "null MX record";
  const std::string& subject = judgement.findings.front().subject;
  const Kind& kind = kind_of(*judgement.cause);
  const bool is_own = subject == audited.seen.domain.text() || subject.empty() ||
                      audited.seen.domain.text().empty();
  // Where a host has to be named too, there is room for no more than a word.
  if (is_own) return std::string(kind.title);
  const std::string host = subject.substr(0, subject.find(" ["));
  return std::string(kind.word) + " at " + base::printable(host, base::kName);
}

}  // namespace

std::string one_line(const DomainAudit& audited, const Paint& paint, std::size_t columns,
                     std::size_t name_columns) {
  const Grade grade = audited.judgement.grade;
  const std::string head = std::string(sign_for(grade)) + " " +
                           padded(verdict_of(audited.judgement), kGradeColumns);
  const std::string name = padded(name_of(audited), name_columns);
  const std::size_t used = width_of(head) + 2 + width_of(name) + 2;
  std::string out = painted(grade, head, paint) + "  " + name;
  // A name is never cut; what is said behind it is where there is room for a word.
  constexpr std::size_t kLeast = 12;
  const std::string text = why(audited);
  if (!text.empty() && used + kLeast <= columns) {
    out += "  " + cut_to(text, columns - used);
  }
  return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace cli::report

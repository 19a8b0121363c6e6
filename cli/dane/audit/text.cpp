// A domain for people. First what it comes to, in a word and a sentence; then what that
// stands on, a line for DNSSEC and for each mail server; then what to do, cause first.
// What is said once is not said again: findings of one kind stand together, and what
// nearly every domain could do better is one line.
#include "cli/dane/audit/text.h"

#include <algorithm>
#include <functional>

#include "cli/dane/audit/grade_words.h"
#include "cli/dane/audit/host_text.h"
#include "cli/layout.h"
#include "cli/severity.h"
#include "src/base/bytes.h"

namespace cli::report {
namespace {

using namespace audit;

/// Findings of one kind.
struct Group {
  const Kind* kind;
  std::vector<const Finding*> members;
};

/// By kind, in the order of the first of each.
std::vector<Group> groups_of(const std::vector<const Finding*>& findings) {
  std::vector<Group> out;
  for (const Finding* finding : findings) {
    const Kind* kind = &kind_of(finding->code);
    auto at = std::ranges::find(out, kind, &Group::kind);
    if (at == out.end()) at = out.insert(out.end(), {kind, {}});
    at->members.push_back(finding);
  }
  return out;
}

/// The host that a finding is about, without its address.
std::string host_of(const Finding& finding) {
  return base::printable(finding.subject.substr(0, finding.subject.find(' ')),
                         base::kName);
}

/// What a note is called among the things that could be better; nothing for one that is
/// no wish.
std::string_view wish_of(Code code) {
  switch (code) {
    case Code::sts_absent:
      return "MTA-STS";
    case Code::sts_not_enforced:
      return "an MTA-STS policy in force";
    case Code::tlsrpt_absent:
      return "TLS reports";
    case Code::no_spare:
      return "a spare TLSA record";
    case Code::old_protocol:
      return "TLS 1.3";
    default:
      return "";
  }
}

/// A domain on its way into words.
class Teller {
 public:
  Teller(const DomainAudit& audited, const Look& look)
      : audited_(audited), look_(look), layout_(look.columns) {}

  std::string tell() {
    tell_verdict();
    layout_.labels(2, 10);
    tell_dnssec();
    tell_hosts();
    tell_wishes();
    tell_what_to_do();
    tell_notes();
    return layout_.text();
  }

 private:
  void tell_verdict();
  void tell_dnssec();
  void tell_hosts();
  void tell_wishes();
  void tell_what_to_do();
  void tell_notes();
  void tell_group(const Group& group, const std::string& number);
  [[nodiscard]] bool is_said(const Finding& finding) const;
  [[nodiscard]] std::vector<const Finding*> findings(bool notes) const;
  [[nodiscard]] std::string marked(bool good, std::string_view text) const {
    const Paint& paint = look_.paint;
    return (good ? paint.good("✓") : paint.bad("✗")) + " " + std::string(text);
  }

  const DomainAudit& audited_;
  const Look& look_;
  TextLayout layout_;
};

/// Whether the sentence of the verdict has said it: of an unsigned domain all is
/// insecure.
bool Teller::is_said(const Finding& finding) const {
  const Judgement& judgement = audited_.judgement;
  if (judgement.grade == Grade::bad_input) return true;
  if (judgement.grade != Grade::not_deployed) return false;
  return judgement.cause == Code::mx_insecure &&
         (finding.code == Code::mx_insecure || finding.code == Code::host_insecure);
}

std::vector<const Finding*> Teller::findings(bool notes) const {
  std::vector<const Finding*> out;
  for (const Finding& finding : audited_.judgement.findings) {
    const bool is_note = kind_of(finding.code).severity == Severity::note;
    // A note that a grade follows from is what there is to be told.
    const bool is_cause = finding.code == audited_.judgement.cause &&
                          audited_.judgement.grade != Grade::not_deployed;
    if ((is_note && !is_cause) == notes && !is_said(finding)) out.push_back(&finding);
  }
  return out;
}

void Teller::tell_verdict() {
  const Grade grade = audited_.judgement.grade;
  const std::string plain(verdict_of(audited_.judgement)), code(audit::to_text(grade));
  std::string word = plain;
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  layout_.sentence(0, look_.paint.strong(name_of(audited_)) + ": " +
                          painted(grade, word, look_.paint) +
                          (plain == code ? "" : look_.paint.faint(" (" + code + ")")));
  if (const auto text = sentence_of(audited_); !text.empty()) layout_.sentence(0, text);
  const bool has_rows =
      !audited_.judgement.hosts.empty() && audited_.judgement.cause != Code::no_mail_host;
  if (has_rows) layout_.gap();
}

void Teller::tell_dnssec() {
  const DomainSeen& seen = audited_.seen;
  if (seen.error || seen.hosts.empty()) return;
  if (audited_.judgement.cause == Code::no_mail_host) return;
  const auto count = [&](const std::function<bool(const HostSeen&)>& is_so) {
    return static_cast<std::size_t>(std::ranges::count_if(
        seen.hosts, [&](const auto& host) { return is_so(host->seen); }));
  };
  const std::size_t failing = count([](const HostSeen& host) {
    const auto& error = host.error ? host.error : host.tlsa_error;
    return error && error->code != base::Code::no_address;
  });
  const std::size_t unsigned_hosts = count([](const HostSeen& host) {
    return !host.error && host.host.security != dns::Security::secure;
  });
  const bool domain = seen.mx.security == dns::Security::secure;
  std::string text = domain ? "the domain is signed" : "the domain is not signed";
  if (failing > 0) {
    text +=
        "; the look-up of " + counted(failing, "mail server", "mail servers") + " fails";
  } else if (unsigned_hosts == 0) {
    text =
        domain ? "domain and mail servers are signed" : text + ", its mail servers are";
  } else if (domain || unsigned_hosts < seen.hosts.size()) {
    text += "; " + counted(unsigned_hosts, "mail server is", "mail servers are") + " not";
  }
  layout_.row("DNSSEC", marked(domain && unsigned_hosts + failing == 0, text));
}

void Teller::tell_hosts() {
  const DomainSeen& seen = audited_.seen;
  if (audited_.judgement.cause == Code::no_mail_host) return;
  for (std::size_t i = 0; i < seen.hosts.size(); ++i) {
    tell_host(
        seen.hosts[i]->seen, audited_.judgement.hosts[i],
        seen.mx.from_mx ? "MX " + std::to_string(seen.mx.hosts[i].preference) : "No MX",
        look_, layout_);
  }
  if (look_.verbose && seen.sts_policy) tell_policy(*seen.sts_policy, layout_);
}

void Teller::tell_wishes() {
  // Whose mail does not arrive has no ear for wishes.
  if (look_.verbose || audited_.judgement.grade == Grade::broken) return;
  std::string wishes;
  std::size_t others = 0;
  for (const Group& group : groups_of(findings(true))) {
    const std::string_view wish = wish_of(group.kind->code);
    if (wish.empty()) ++others;
    if (!wish.empty()) wishes += (wishes.empty() ? "" : ", ") + std::string(wish);
  }
  if (!wishes.empty()) {
    wishes = "Could be better: " + wishes +
             (others > 0 ? "; " + counted(others, "note", "notes") : "");
  } else if (others > 0 && audited_.judgement.grade != Grade::not_deployed) {
    wishes = counted(others, "note", "notes");
  }
  if (!wishes.empty()) layout_.sentence(2, "– " + wishes + " (-v)", 2);
}

void Teller::tell_group(const Group& group, const std::string& number) {
  const Kind& kind = *group.kind;
  const std::size_t indent = 2 + width_of(number) + 1;
  const std::string title =
      as_sentence(kind.title) + "  " + painted(kind.severity, kind.word, look_.paint);
  layout_.sentence(2, number + " " + title, indent - 2);
  for (const Finding* finding : group.members) {
    layout_.sentence(indent,
                     look_.paint.strong(base::printable(finding->subject)) + ": " +
                         base::printable(finding->detail, base::kLine),
                     2);
  }
  const std::string source = look_.verbose ? " (" + std::string(kind.source) + ")" : "";
  layout_.sentence(indent, std::string(kind.advice) + source);
}

void Teller::tell_what_to_do() {
  const auto groups = groups_of(findings(false));
  if (groups.empty()) return;
  const bool is_known = audited_.judgement.grade != Grade::undecided;
  const bool is_cause_first =
      groups.size() > 1 && groups.front().kind->code == audited_.judgement.cause;
  layout_.gap().sentence(0, std::string(is_known ? "To fix (" : "What happened (") +
                                std::to_string(groups.size()) + ")" +
                                (is_cause_first ? ", most urgent first" : ""));
  std::size_t number = 0;
  for (const Group& group : groups) {
    layout_.gap();
    tell_group(group, std::to_string(++number) + ".");
  }
  const Group& first = groups.front();
  layout_.gap();
  if (first.kind->code == Code::mismatch) {
    layout_.sentence(2,
                     "The record: dane check " + host_of(*first.members.front()) + " 25");
  }
  layout_.sentence(2, "More: dane explain " + std::string(first.kind->word));
  if (!look_.verbose) {
    layout_.sentence(2, "Details: dane audit -v " + audited_.seen.domain.text());
  }
}

void Teller::tell_notes() {
  if (!look_.verbose) return;
  const auto groups = groups_of(findings(true));
  if (groups.empty()) return;
  layout_.gap().sentence(0, "Notes");
  for (const Group& group : groups) tell_group(group, "–");
}

}  // namespace

std::string text_of(const DomainAudit& audited, const Look& look) {
  return Teller(audited, look).tell();
}

}  // namespace cli::report

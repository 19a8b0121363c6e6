#include "cli/dane/audit/monitoring.h"

#include <algorithm>
#include <cstdio>

#include "cli/dane/audit/grade_words.h"
#include "src/base/bytes.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr double kThousand = 1000.0;

std::string seconds_of(std::chrono::milliseconds span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(span.count()) / kThousand);
  return text;
}

std::string_view word_of(Nagios state) {
  switch (state) {
    case Nagios::ok:
      return "OK";
    case Nagios::warning:
      return "WARNING";
    case Nagios::critical:
      return "CRITICAL";
    case Nagios::unknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

/// What stands before the performance data must not look like their beginning.
std::string without_bar(std::string line) {
  std::ranges::replace(line, '|', '/');
  return line;
}

/// `; broken: a.example (mismatch), b.example (tlsa-bogus) and 7 more`, worst first.
std::string who_is_wrong(const Tally& tally) {
  std::string out;
  for (std::size_t i = kGrades; i-- > 1;) {  // not those that are enforced
    const auto& some = tally.examples.at(i);
    if (some.empty()) continue;
    out += "; " + std::string(word_for(static_cast<Grade>(i))) + ": ";
    for (std::size_t j = 0; j < some.size(); ++j) {
      out += (j == 0 ? "" : ", ") + base::printable(some[j], base::kWord);
    }
    const std::uint64_t more = tally.grades.at(i) - some.size();
    if (more > 0) out += " and " + std::to_string(more) + " more";
  }
  return out;
}

/// Whether the first certificate ends before a moment.
bool ends_before(const Tally& tally, std::chrono::sys_seconds moment) {
  return tally.first_certificate_end && *tally.first_certificate_end < moment;
}

/// Whether the first certificate ends so soon that it makes the state worse.
bool ends_soon(const Tally& tally, const NagiosLimits& limits) {
  return ends_before(tally, std::max(limits.warning, limits.critical));
}

/// `expires-soon: a.example`, whose certificate ends first.
std::string who_ends_soon(const Tally& tally) {
  const std::string& whose = tally.first_certificate_of;
  return std::string(kind_of(Code::expires_soon).word) +
         (whose.empty() ? "" : ": " + base::printable(whose, base::kWord));
}

/// The words of the warnings. Whether a certificate ends soon is judged by its date,
/// where that is known.
std::vector<std::string> warnings_of(const Tally& tally, const NagiosLimits& limits) {
  std::vector<std::string> out;
  for (const auto& [code, domains] : tally.findings) {
    const Kind& kind = kind_of(code);
    const bool by_date = code == Code::expires_soon && tally.first_certificate_end;
    if (kind.severity != Severity::note && !by_date) out.emplace_back(kind.word);
  }
  if (ends_soon(tally, limits)) out.push_back(who_ends_soon(tally));
  return out;
}

/// The warnings, where every domain is enforced; otherwise the domains that are not, and
/// a certificate that ends soon, since it may be the one reason for CRITICAL.
std::string what_is_wrong(const Tally& tally, const NagiosLimits& limits) {
  std::string out;
  if (tally.of(Grade::enforced) != tally.domains()) {
    out = who_is_wrong(tally);
    if (ends_soon(tally, limits)) out += "; " + who_ends_soon(tally);
    return out;
  }
  for (const std::string& word : warnings_of(tally, limits)) {
    out += (out.empty() ? "; " : ", ") + word;
  }
  return out;
}

/// A label's value in the text format of Prometheus.
std::string in_label(const std::string& text) {
  std::string out;
  for (const char c : base::to_utf8(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace

Nagios nagios_of(const Tally& tally, const NagiosLimits& limits) {
  if (tally.of(Grade::broken) > 0 || ends_before(tally, limits.critical)) {
    return Nagios::critical;
  }
  if (tally.of(Grade::undecided) > 0 || tally.of(Grade::bad_input) > 0 ||
      tally.findings.contains(Code::no_domain) || tally.domains() == 0) {
    return Nagios::unknown;
  }
  if (tally.of(Grade::partial) > 0 || tally.of(Grade::not_deployed) > 0 ||
      !warnings_of(tally, limits).empty()) {
    return Nagios::warning;
  }
  return Nagios::ok;
}

std::string nagios_line(const Tally& tally, const NagiosLimits& limits,
                        std::chrono::sys_seconds now, std::chrono::milliseconds took) {
  std::string out = "DANE " + std::string(word_of(nagios_of(tally, limits))) + " - " +
                    in_words(tally) + without_bar(what_is_wrong(tally, limits));
  out += " | time=" + seconds_of(took) + "s;;;0";
  for (std::size_t i = 0; i < kGrades; ++i) {
    out += " " + std::string(audit::to_text(static_cast<Grade>(i))) + "=" +
           std::to_string(tally.grades.at(i)) + ";;;0";
  }
  if (tally.first_signature_end) {
    out +=
        " signature=" + std::to_string((*tally.first_signature_end - now).count()) + "s";
  }
  if (tally.first_certificate_end) {
    out +=
        " certificate=" + std::to_string((*tally.first_certificate_end - now).count()) +
        "s";
  }
  return out + "\n";
}

std::string nagios_unknown(const std::string& why) {
  return "DANE UNKNOWN - " + without_bar(base::printable(why)) + "\n";
}

std::string prometheus_text(const Tally& tally, std::chrono::sys_seconds now,
                            std::chrono::milliseconds took) {
  std::string out;
  const auto metric = [&](const std::string& name, const std::string& help) {
    out += "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
  };
  metric("dane_audit_domains", "Domains by grade.");
  for (std::size_t i = 0; i < kGrades; ++i) {
    out += "dane_audit_domains{grade=\"" +
           std::string(audit::to_text(static_cast<Grade>(i))) + "\"} " +
           std::to_string(tally.grades.at(i)) + "\n";
  }
  if (tally.named.size() <= Tally::kMostNamed) {
    metric("dane_audit_domain", "Each domain with its grade, of 1000 at most.");
    for (const auto& [word, grade] : tally.named) {
      out += "dane_audit_domain{domain=\"" + in_label(word) + "\",grade=\"" +
             std::string(audit::to_text(grade)) + "\"} 1\n";
    }
  }
  metric("dane_audit_findings", "Domains with at least one finding of a kind.");
  for (const auto& [code, domains] : tally.findings) {
    const Kind& kind = kind_of(code);
    out += "dane_audit_findings{code=\"" + std::string(kind.word) + "\",severity=\"" +
           std::string(audit::to_text(kind.severity)) + "\"} " + std::to_string(domains) +
           "\n";
  }
  const auto moment = [&](const std::string& name, const std::string& help,
                          const std::optional<std::chrono::sys_seconds>& value) {
    if (!value) return;
    metric(name, help);
    out += name + " " + std::to_string(value->time_since_epoch().count()) + "\n";
  };
  moment("dane_audit_first_signature_end_seconds",
         "When the first signature over MX or TLSA records ends.",
         tally.first_signature_end);
  moment("dane_audit_first_certificate_end_seconds",
         "When the first certificate under DANE-TA ends.", tally.first_certificate_end);
  moment("dane_audit_timestamp_seconds", "When the audit ended.", now);
  metric("dane_audit_duration_seconds", "How long the audit took.");
  return out + "dane_audit_duration_seconds " + seconds_of(took) + "\n";
}

}  // namespace cli::report

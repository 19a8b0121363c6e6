#include "cli/audit/monitoring.h"

#include <algorithm>
#include <cstdio>

namespace cli::audit {
namespace {

using namespace ::audit;

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

/// The worst of what was found, by its word, for the line.
std::string worst_findings(const Tally& tally) {
  constexpr std::size_t kMost = 5;
  std::string out;
  std::size_t told = 0;
  for (const auto severity : {Severity::error, Severity::warning}) {
    for (const auto& [code, domains] : tally.findings) {
      const Kind& kind = kind_of(code);
      if (kind.severity != severity || told == kMost) continue;
      out += (out.empty() ? "" : ", ") + std::string(kind.word);
      ++told;
    }
  }
  return out;
}

}  // namespace

Nagios nagios_of(const Tally& tally) {
  if (tally.of(Grade::broken) > 0) return Nagios::critical;
  if (tally.of(Grade::undecided) > 0 || tally.domains() == 0) return Nagios::unknown;
  if (tally.of(Grade::partial) > 0 || tally.of(Grade::not_deployed) > 0 ||
      tally.warnings > 0) {
    return Nagios::warning;
  }
  return Nagios::ok;
}

std::string nagios_line(const Tally& tally, std::chrono::sys_seconds now,
                        std::chrono::milliseconds took) {
  std::string out =
      "DANE " + std::string(word_of(nagios_of(tally))) + " - " + in_words(tally);
  const std::string why = worst_findings(tally);
  if (!why.empty()) out += ": " + why;
  out += " | time=" + seconds_of(took) + "s;;;0";
  for (std::size_t i = 0; i < kGrades; ++i) {
    out += " " + std::string(::audit::to_text(static_cast<Grade>(i))) + "=" +
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
  std::string line = base::printable(why);
  std::ranges::replace(line, '|', '/');  // performance data would begin there
  return "DANE UNKNOWN - " + line + "\n";
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
           std::string(::audit::to_text(static_cast<Grade>(i))) + "\"} " +
           std::to_string(tally.grades.at(i)) + "\n";
  }
  metric("dane_audit_findings", "Domains with at least one finding of a kind.");
  for (const auto& [code, domains] : tally.findings) {
    const Kind& kind = kind_of(code);
    out += "dane_audit_findings{code=\"" + std::string(kind.word) + "\",severity=\"" +
           std::string(::audit::to_text(kind.severity)) + "\"} " +
           std::to_string(domains) + "\n";
  }
  const auto moment = [&](const std::string& name, const std::string& help,
                          const std::optional<std::chrono::sys_seconds>& value) {
    if (!value) return;
    metric(name, help);
    out += name + " " + std::to_string(value->time_since_epoch().count()) + "\n";
  };
  moment("dane_audit_first_signature_end_seconds",
         "When the first signature over TLSA records ends.", tally.first_signature_end);
  moment("dane_audit_first_certificate_end_seconds",
         "When the first certificate of a server ends.", tally.first_certificate_end);
  moment("dane_audit_timestamp_seconds", "When the audit ended.", now);
  metric("dane_audit_duration_seconds", "How long the audit took.");
  return out + "dane_audit_duration_seconds " + seconds_of(took) + "\n";
}

}  // namespace cli::audit

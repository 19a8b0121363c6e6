#pragma once

#include <chrono>
#include <string>

#include "cli/dane/audit/tally.h"

namespace cli::report {

/// How a plug-in of Nagios ends (Monitoring Plugins Development Guidelines).
enum class Nagios : int { ok = 0, warning = 1, critical = 2, unknown = 3 };

/// A certificate that ends before one of these moments is that bad. Moments rather than
/// days, so that the line and the exit status cannot differ. Signatures have the limit of
/// their finding alone: signers that sign at each question give them two days at most.
struct NagiosLimits {
  std::chrono::sys_seconds warning;
  std::chrono::sys_seconds critical;
};

/// Broken and a certificate that ends at once are critical; undecided, and a name that
/// does not exist, are unknown: it may be mistyped, and says nothing of anybody's mail.
/// Partial, not deployed, any warning and a certificate that ends soon are a warning.
[[nodiscard]] Nagios nagios_of(const Tally& tally, const NagiosLimits& limits);

/// The one line of a plug-in with its performance data.
[[nodiscard]] std::string nagios_line(const Tally& tally, const NagiosLimits& limits,
                                      std::chrono::sys_seconds now,
                                      std::chrono::milliseconds took);

/// The one line of a plug-in where an error kept the audit from happening: UNKNOWN, why.
[[nodiscard]] std::string nagios_unknown(const std::string& why);

/// Metrics in the text format of Prometheus, for the textfile collector of its node
/// exporter.
[[nodiscard]] std::string prometheus_text(const Tally& tally,
                                          std::chrono::sys_seconds now,
                                          std::chrono::milliseconds took);

}  // namespace cli::report

#pragma once

#include <chrono>
#include <string>

#include "cli/dane/audit/tally.h"

namespace cli::report {

/// How a plug-in of Nagios ends (Monitoring Plugins Development Guidelines).
enum class Nagios : int { ok = 0, warning = 1, critical = 2, unknown = 3 };

/// Broken is critical; partial, not deployed and any warning are a warning; undecided is
/// unknown.
[[nodiscard]] Nagios nagios_of(const Tally& tally);

/// The one line of a plug-in with its performance data.
[[nodiscard]] std::string nagios_line(const Tally& tally, std::chrono::sys_seconds now,
                                      std::chrono::milliseconds took);

/// The one line of a plug-in where an error kept the audit from happening: UNKNOWN, why.
[[nodiscard]] std::string nagios_unknown(const std::string& why);

/// Metrics in the text format of Prometheus, for the textfile collector of its node
/// exporter.
[[nodiscard]] std::string prometheus_text(const Tally& tally,
                                          std::chrono::sys_seconds now,
                                          std::chrono::milliseconds took);

}  // namespace cli::report

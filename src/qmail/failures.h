#pragma once

#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/qmail/report.h"

namespace qmail {

/// A host that was not used, and why.
struct Failure {
  std::string host;
  base::Error error;
};

[[nodiscard]] Report temporary(const std::string& text);
[[nodiscard]] Report permanent(const std::string& text);

/// The report of a control file that cannot be read or understood.
[[nodiscard]] Report control_trouble(const base::Error& error);

/// The report when mail would come back to this machine.
[[nodiscard]] Report report_of_loop();

/// The report when there is nowhere to go, or no telling where; `host` as it was asked
/// for.
[[nodiscard]] Report report_of_route(const base::Error& error, const std::string& host);

/// The report when no host has taken the mail: what is most worth telling first, then a
/// line for each.
[[nodiscard]] Report report_of_failures(const std::vector<Failure>& failures,
                                        const std::string& host);

}  // namespace qmail

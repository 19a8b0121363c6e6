#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/audit/item.h"
#include "src/evidence/bundle.h"

namespace cli::dane {

/// How evidence is checked again.
struct ReplayJob {
  std::string trust_anchor;                    ///< a file; empty: Debian's root keys
  std::optional<std::chrono::sys_seconds> at;  ///< in place of the bundle's own moment
};

/// Audits the domain of a bundle again, by what the bundle holds. Error kind `permanent`,
/// code `bad_evidence`, where anything of it does not hold, or where another verdict
/// comes out at the bundle's own moment.
[[nodiscard]] base::Result<audit::DomainAudit> replay_audit(
    const evidence::Bundle& bundle, const ReplayJob& job);

}  // namespace cli::dane

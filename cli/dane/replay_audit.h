#pragma once

#include "cli/dane/replay_job.h"

namespace cli::dane {

/// Audits the domain of a bundle again, by what the bundle holds. Error kind `permanent`,
/// code `bad_evidence`, where anything of it does not hold, or where another verdict
/// comes out at the bundle's own moment.
[[nodiscard]] base::Result<Output> replay_audit(const evidence::Bundle& bundle,
                                                const ReplayJob& job);

}  // namespace cli::dane

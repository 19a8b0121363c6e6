#pragma once

#include "cli/dane/replay_job.h"

namespace cli::dane {

/// Checks the host or the service of a bundle again, by what the bundle holds. Error kind
/// `permanent`, code `bad_evidence`, where anything of it does not hold, or where another
/// verdict comes out at the bundle's own moment; kind `usage` where it takes a trust
/// store that the job does not have.
[[nodiscard]] base::Result<Output> replay_check(const evidence::Bundle& bundle,
                                                const ReplayJob& job);

}  // namespace cli::dane

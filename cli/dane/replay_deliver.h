#pragma once

#include "cli/dane/replay_job.h"

namespace cli::dane {

/// What qmail-remote says again of the hosts that a mail was offered to. Errors: code
/// `bad_evidence`; those of RecordedDns; kind `usage`: a trust store that is missing, or
/// is another one.
[[nodiscard]] base::Result<Output> replay_deliver(const evidence::Bundle& bundle,
                                                  const ReplayJob& job);

}  // namespace cli::dane

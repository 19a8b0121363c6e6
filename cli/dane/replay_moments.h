#pragma once

#include "cli/dane/replay_job.h"

namespace cli::dane {

/// Whether what a bundle says of other moments than its own holds too: the answers that a
/// peer signed behind counted when its handshake began, which was not after the verdict,
/// and what was asked again counted when it was. With `--at` there is one moment for all.
/// Errors: code `bad_evidence`, and those of reading the trust anchor.
[[nodiscard]] base::Result<void> expect_at_other_moments(const evidence::Bundle& bundle,
                                                         const ReplayJob& job);

}  // namespace cli::dane

#pragma once

#include "cli/dane/replay_job.h"

namespace cli::dane {

/// What `dane connect` or sslclient says of its peer again. Errors: code `bad_evidence`;
/// those of RecordedDns; kind `usage`: a trust store that is missing, or is another one.
[[nodiscard]] base::Result<Output> replay_connect(const evidence::Bundle& bundle,
                                                  const ReplayJob& job);

}  // namespace cli::dane

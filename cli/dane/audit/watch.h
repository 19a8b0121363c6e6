#pragma once

#include <chrono>
#include <string>

#include "src/audit/engine.h"

namespace cli::report {

/// Audits all domains of the source again and again, a round each `span`, and writes what
/// has changed since the round before as JSON lines: grades, findings that came and went,
/// records, keys. The first round changes nothing. `command`, if there is one, runs by sh
/// for each change with the line on its standard input, for a minute or a span at most.
/// Ends by a signal, and says which. Errors as `run`.
[[nodiscard]] base::Result<int> watch(const audit::EngineSettings& settings,
                                      const audit::DomainStream& source,
                                      std::chrono::seconds span,
                                      const std::string& command);

}  // namespace cli::report

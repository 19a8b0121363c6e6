#pragma once

#include <chrono>
#include <string>

#include "src/audit/engine.h"

namespace cli::report {

/// `watching 2 domains, next round 22:15`, in the local time, with the day if that is
/// another one.
[[nodiscard]] std::string watch_begins(std::size_t domains, std::chrono::sys_seconds now,
                                       std::chrono::seconds span);

/// Audits all domains of the source again and again, a round each `span`, and writes what
/// has changed since the round before as JSON lines: grades, findings that came and went,
/// records, keys. The first round changes nothing; one line on standard error says that
/// it begins. `command`, if there is one, runs by sh for each change with the line on its
/// standard input, for a minute or a span at most. Ends by a signal, and says which.
/// Errors as `run`.
[[nodiscard]] base::Result<int> watch(const audit::EngineSettings& settings,
                                      const audit::DomainStream& source,
                                      std::chrono::seconds span,
                                      const std::string& command);

}  // namespace cli::report

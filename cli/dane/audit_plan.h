#pragma once

#include "cli/dane/audit_job.h"

namespace cli::dane {

/// Where the domains come from: the words of the command line, or `--file`. A handful of
/// domains takes threads and room in flight down to what it needs. Error kind `usage`.
[[nodiscard]] base::Result<audit::DomainStream> source_of(const Arguments& arguments,
                                                          AuditJob& job);

/// No file is for two things, whatever it is called; pipes and devices may be. Error kind
/// `usage`.
[[nodiscard]] base::Result<void> check_files(const Arguments& arguments);

/// Allows no more domains in flight, and no more threads, than `descriptors` serve: a
/// domain's look-ups and connections run side by side. Whether that took any away.
[[nodiscard]] bool fit_descriptors(audit::EngineSettings& engine,
                                   std::uint64_t descriptors);

/// Takes all the file descriptors that may be had, fits the engine to them, and warns
/// where they are few.
void take_descriptors(audit::EngineSettings& engine);

}  // namespace cli::dane

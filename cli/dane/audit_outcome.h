#pragma once

#include "cli/dane/audit/run.h"
#include "cli/dane/command.h"

namespace cli::dane {

/// The exit status for the worst grade of all domains.
[[nodiscard]] Outcome outcome_of(audit::Grade worst);

/// The exit status of a run. A signal that ended it is told as shells do; a plug-in has
/// four statuses of its own, and of a run that was ended early it knows nothing.
[[nodiscard]] Outcome outcome_of(const report::Ended& ended,
                                 const report::Wanted& wanted);

}  // namespace cli::dane

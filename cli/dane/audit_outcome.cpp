#include "cli/dane/audit_outcome.h"

#include "cli/dane/audit/monitoring.h"

namespace cli::dane {

Outcome outcome_of(audit::Grade worst) {
  switch (worst) {
    case audit::Grade::enforced:
      return Outcome::fine;
    case audit::Grade::undecided:
      return Outcome::undecided;
    case audit::Grade::bad_input:
      return Outcome::bad_input;
    default:
      return Outcome::findings;
  }
}

Outcome outcome_of(const report::Ended& ended, const report::Wanted& wanted) {
  if (ended.signal != 0 && wanted.nagios) {
    return static_cast<Outcome>(report::Nagios::unknown);
  }
  if (ended.signal != 0) return static_cast<Outcome>(128 + ended.signal);
  if (wanted.nagios) {
    return static_cast<Outcome>(report::nagios_of(ended.tally, wanted.nagios_limits));
  }
  return outcome_of(ended.tally.worst());
}

}  // namespace cli::dane

#include "src/audit/work.h"

#include <algorithm>

namespace audit {

std::optional<verify::Verdict> Work::check(const verify::Chain& chain,
                                           const policy::Requirement& requirement,
                                           std::chrono::sys_seconds now) {
  verify::Context context{now, roots_, {}};
  verify::Budget& budget = context.budget;
  const bool is_less = signatures_ < budget.signatures || steps_ < budget.steps;
  budget.signatures = std::min(budget.signatures, signatures_);
  budget.steps = std::min(budget.steps, steps_);
  verify::Verdict out = verify::check(chain, requirement, context);
  signatures_ -= std::min(signatures_, out.signatures);
  steps_ -= std::min(steps_, out.steps);
  if (is_less && out.reason == verify::Reason::budget_exhausted) return std::nullopt;
  return out;
}

}  // namespace audit

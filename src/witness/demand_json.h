#pragma once

#include "src/base/policy.h"
#include "src/evidence/canonical_json.h"

namespace witness {

/// What was demanded of a peer, as a bundle has it (docs/evidence-format.md, `demand`).
/// All of it: a demand that is left out would be another one on the day of the replay.
[[nodiscard]] evidence::Json to_value(const policy::Demand& demand);

/// Reads it. Error kind `permanent`, code `bad_evidence`, also for what does not come out
/// the same when it is written again.
[[nodiscard]] base::Result<policy::Demand> demand_in(const evidence::Json& value);

}  // namespace witness

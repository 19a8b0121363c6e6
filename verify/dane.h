#pragma once

#include "verify/case.h"
#include "verify/verdict.h"

namespace verify {

/// Judges a peer by the records of its requirement (RFC 6698 2.1, RFC 7671 5 and 9). The
/// outcome is `dane` or `rejected`, with a note for each record; the reason is
/// `no_usable_record` if not one of them is usable, and only then.
[[nodiscard]] Verdict judge_records(const Case& the_case);

}  // namespace verify

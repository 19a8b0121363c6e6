#pragma once

#include "verify/case.h"
#include "verify/verdict.h"

namespace verify {

/// Judges a peer by the user's trust store alone (RFC 5280 6, RFC 9525): a path to one of
/// `context.roots`, and a name. The outcome is `pkix` or `rejected`; records have no part
/// in it, and the verdict has no notes.
[[nodiscard]] Verdict judge_pkix(const Case& the_case);

}  // namespace verify

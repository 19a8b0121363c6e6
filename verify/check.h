#pragma once

#include "src/base/policy.h"
#include "verify/chain.h"
#include "verify/context.h"
#include "verify/verdict.h"

namespace verify {

/// Judges a peer: total, pure, and the same for a live peer, a file and an audit.
/// Records are tried by RFC 7671: unusable ones left out, digest agility applied for each
/// pair of usage and selector, then any one that matches proves the peer. DANE-EE looks
/// at nothing but the match (RFC 7671 5.1); DANE-TA wants the anchor as an issuer on the
/// path, a good path and a name (RFC 7671 5.2, RFC 7672 3.2); PKIX-TA and PKIX-EE want in
/// addition a path to `context.roots` (RFC 6698 2.1.1). The order of records never
/// changes the outcome.
[[nodiscard]] Verdict check(const Chain& chain, const policy::Requirement& requirement,
                            const Context& context);

}  // namespace verify

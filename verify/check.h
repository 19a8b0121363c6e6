#pragma once

#include <chrono>
#include <cstddef>

#include "src/base/policy.h"
#include "verify/chain.h"
#include "verify/verdict.h"

namespace verify {

class Roots;

/// How much work a hostile chain may cause before the answer is no.
struct Budget {
  std::size_t certificates = 32;  ///< looked at in a chain
  std::size_t path = 10;          ///< certificates on one path, leaf and anchor counted
  std::size_t paths = 16;         ///< judged for one record
  std::size_t signatures = 256;   ///< checked on all paths for all records
  std::size_t steps = 4096;       ///< of all searches for paths, which go by names
  std::size_t names = 1024;       ///< presented names compared
  std::size_t octets = std::size_t{256} * 1024;  ///< of a certificate on a path
};

/// What `check` would otherwise have to ask the world for.
struct Context {
  std::chrono::sys_seconds now;  ///< UTC; validity periods are compared with it
  const Roots* roots = nullptr;  ///< the trust store that the user named, if any
  Budget budget{};
};

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

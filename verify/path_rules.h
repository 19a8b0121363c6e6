#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "src/base/policy.h"
#include "verify/peer.h"
#include "verify/rule_breach.h"

namespace verify {

/// What a path ends in, and so what of its last certificate counts.
enum class AnchorKind {
  certificate,  ///< a certificate that a record or the trust store holds: all of it
  key,          ///< a key alone (RFC 7671 5.2.1): its certificate is one that we made
};

/// What the rules for a path depend on.
struct PathRules {
  std::chrono::sys_seconds now;
  AnchorKind anchor = AnchorKind::certificate;
  std::optional<unsigned> max_intermediates;  ///< leaf and anchor not counted
  /// DNS names that the leaf is taken for (name_constraints.h)
  std::span<const std::string> stands_for;
  policy::PeerRole peer_role = policy::PeerRole::server;
};

/// The first rule of RFC 5280 6.1 that a path [leaf … anchor] breaks, the one that is
/// furthest from success before the others: who may issue, path lengths, critical
/// extensions, name constraints, purposes, validity periods. Signatures and strength are
/// GnuTLS's (signatures.h).
[[nodiscard]] std::optional<RuleBreach> broken_rule(std::span<Link* const> path,
                                                    const PathRules& rules);

/// Why a certificate is not in force at `now` (RFC 5280 4.1.2.5), nothing if it is;
/// `what` begins the line.
[[nodiscard]] std::optional<RuleBreach> check_validity(const Certificate& certificate,
                                                       std::chrono::sys_seconds now,
                                                       const std::string& what);

}  // namespace verify

#pragma once

#include <optional>
#include <span>
#include <string>

#include "verify/peer.h"
#include "verify/rule_breach.h"

namespace verify {

/// The first name on a path [leaf … anchor] that is outside of what the NameConstraints
/// of its issuers say, nothing if there is none (RFC 5280 4.2.1.10, 6.1.3 b and c):
/// subjects, mail addresses in them and all subject alternative names, of the leaf and of
/// every intermediate that is not self-issued; and besides, as DNS names of the leaf,
/// `stands_for`: what a wildcard or a common name is taken for. Critical or not makes no
/// difference. GnuTLS knows some forms of name only and is not asked.
[[nodiscard]] std::optional<RuleBreach> check_name_constraints(
    std::span<Link* const> path, std::span<const std::string> stands_for);

}  // namespace verify

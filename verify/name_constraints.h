#pragma once

#include <span>
#include <string>

#include "verify/path_rules.h"

namespace verify {

/// Whether the names on a path [leaf … anchor] stay within what the NameConstraints of
/// their issuers say (RFC 5280 4.2.1.10, 6.1.3 b and c): subjects, mail addresses in them
/// and all subject alternative names, of the leaf and of every intermediate that is not
/// self-issued; and besides, as DNS names of the leaf, `stands_for`: what a wildcard or a
/// common name is taken for. Critical or not makes no difference. GnuTLS knows some forms
/// of name only and is not asked.
[[nodiscard]] Finding check_name_constraints(std::span<Link* const> path,
                                             std::span<const std::string> stands_for);

}  // namespace verify

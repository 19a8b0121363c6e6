#pragma once

#include <span>

#include "verify/path_rules.h"

namespace verify {

/// Whether the subjects on a path [leaf … anchor] stay within what the NameConstraints of
/// their issuers say of directory names (RFC 5280 4.2.1.10, 6.1.3 b and c). The other
/// forms of name are GnuTLS's (x509.h), which refuses those that it does not know. Names
/// are compared as RFC 5280 7.1 has it for ASCII; where that does not decide, the path is
/// refused.
[[nodiscard]] Finding check_directory_names(std::span<Link* const> path);

}  // namespace verify

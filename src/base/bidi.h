#pragma once

#include <string_view>

namespace dns {

/// Whether a U-label, in UTF-8, satisfies the six conditions of RFC 5893 2, or is one
/// that they need not hold for: one of left-to-right characters alone. libidn2 asks the
/// same and leaves out the fourth condition, and the third where combining marks end the
/// label.
[[nodiscard]] bool satisfies_bidi_rule(std::string_view u_label);

}  // namespace dns

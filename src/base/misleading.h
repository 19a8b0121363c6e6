#pragma once

#include <string_view>

namespace base {

/// Whether a character, given as its well-formed UTF-8 sequence, makes a text look like
/// another one: it ends a line, is not seen, or turns the reading direction round. That
/// is what Unicode calls Default_Ignorable_Code_Point and Bidi_Control, and the
/// categories Cc, Cf, Zl and Zp.
[[nodiscard]] bool misleads(std::string_view sequence);

}  // namespace base

#pragma once

#include <string>
#include <string_view>

namespace resolver {

/// Why libunbound takes an answer for bogus, in words fit to print, which do not depend
/// on what was asked before. It names a server once for each time that it asked it, `from
/// 192.0.2.1 and 192.0.2.1 and 192.0.2.1`; here each is named once, and of many the first
/// four. Of a text longer than `base::kMessage` octets only the beginning is read:
/// strangers choose how many servers a zone has.
[[nodiscard]] std::string why_bogus_in_words(std::string_view text);

}  // namespace resolver

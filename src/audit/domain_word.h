#pragma once

#include <string_view>

#include "src/base/name.h"

namespace audit {

/// The domain that a word of the input names. Error code `bad_name` for what is none: a
/// URL, a mail address, a host with a port, a line of several columns, an address, a name
/// whose last label is a number, as that of no domain is (RFC 1123 2.1).
[[nodiscard]] base::Result<dns::Name> domain_in_word(std::string_view word);

}  // namespace audit

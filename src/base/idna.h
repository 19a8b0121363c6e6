#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"

namespace dns {

/// The A-label form of a name that holds U-labels or A-labels, in lower case
/// (RFC 5891 5; UTS 46 non-transitional, with its mapping, as RFC 5895 allows). What the
/// mapping leaves has to be IDNA2008 by itself (RFC 5892), and each label satisfy the
/// bidi rule (RFC 5893 2); the rules of CONTEXTO characters are the registry's (RFC
/// 5891 5.4). The only door to libidn2. Error kind `usage`, code `bad_name`, with
/// libidn2's reason.
[[nodiscard]] base::Result<std::string> to_a_labels(std::string_view utf8);

/// The U-label form of a name in A-labels; a name that does not decode comes back as it
/// is. For people only: nothing is ever compared in this form.
[[nodiscard]] std::string to_u_labels(std::string_view a_labels);

}  // namespace dns

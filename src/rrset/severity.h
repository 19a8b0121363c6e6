#pragma once

#include <string_view>

namespace rrset {

/// How bad something is that is found about a deployment or in a zone file.
enum class Severity {
  note,     ///< worth knowing, nothing is wrong
  warning,  ///< works today, and should be otherwise
  error,    ///< a peer that enforces DANE does not get through here, or is not protected
};

/// `note`, `warning` or `error`.
[[nodiscard]] std::string_view to_text(Severity severity);

}  // namespace rrset

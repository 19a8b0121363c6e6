#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace mail {

/// A mail address that may stand in a header line and be delivered to anywhere: a
/// dot-atom of ASCII before the `@` (RFC 5322 3.2.3), a fully qualified domain name
/// behind it (RFC 5321 2.3.5), in A-labels and lower case; nothing for any other text.
[[nodiscard]] std::optional<std::string> report_address(std::string_view text);

/// Where reports go by a URI of `rua` (RFC 8460 3).
struct ReportUri {
  std::string address;  ///< of `mailto:`, decoded; empty for `https:`
};

/// Reads a URI of `rua`. Error kind `permanent`, code `bad_rua`, and what is wrong.
[[nodiscard]] base::Result<ReportUri> read_report_uri(std::string_view uri);

}  // namespace mail

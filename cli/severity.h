#pragma once

#include <string>
#include <string_view>

#include "cli/terminal.h"
#include "src/rrset/severity.h"

namespace cli {

/// A text in the colour of a severity; `text` is its word, as wide as a report wants it.
[[nodiscard]] std::string painted(rrset::Severity severity, std::string_view text,
                                  const Paint& paint);

}  // namespace cli

#pragma once

#include "cli/dane/command.h"

namespace cli::dane {

/// dane audit diff OLD NEW: what has changed between two runs, from their lines of JSON.
/// Outcome `findings` if anything has.
[[nodiscard]] base::Result<Outcome> audit_diff(const Arguments& arguments);

}  // namespace cli::dane

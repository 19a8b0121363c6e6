#pragma once

#include <vector>

#include "cli/dane/command.h"

namespace cli::dane {

/// The options of `dane audit`.
[[nodiscard]] std::vector<Option> audit_options();

}  // namespace cli::dane

#pragma once

#include "cli/dane/command.h"
#include "resolver/config.h"

namespace cli::dane {

/// These options and those that say how to resolve.
[[nodiscard]] std::vector<Option> with_resolver_options(std::vector<Option> options);

/// What they say, on top of the environment. Error kind `usage`.
[[nodiscard]] base::Result<resolver::Config> resolver_of(const Arguments& arguments);

}  // namespace cli::dane

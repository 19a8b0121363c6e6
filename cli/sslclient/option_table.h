#pragma once

#include <span>
#include <vector>

#include "cli/options/option.h"

namespace cli::sslclient {

/// The options of sslclient. Letters are those of ucspi-ssl; names that a letter has too
/// are what `dane` has for the same thing.
[[nodiscard]] std::span<const Option> option_table();

/// Its whole command line.
[[nodiscard]] Syntax syntax();

/// The command lines of sslcat, sslconnect and https@, which run it.
[[nodiscard]] std::vector<Syntax> small_programs();

}  // namespace cli::sslclient

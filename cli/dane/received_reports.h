#pragma once

#include "cli/dane/command.h"

namespace cli::dane {

/// `dane tlsrpt --read FILE...`: what the TLS reports of others say. A file that is none
/// is told, and stands in the way of no other; the outcome is `undecided` then, else
/// `findings` where a session failed. Error kind `usage` for the command line.
[[nodiscard]] base::Result<Outcome> read_received(const Arguments& arguments);

}  // namespace cli::dane

#pragma once

#include "cli/sslserver/options.h"
#include "cli/sslserver/variables.h"

namespace cli::sslserver {

/// The listener's whole life: binds, starts a keeper, accepts and forks until it is told
/// to end. `environment` is what programs inherit. Returns the exit status; every failure
/// has been told in one line.
[[nodiscard]] int run(const Options& options, const Variables& variables,
                      const char* const* environment);

}  // namespace cli::sslserver

#pragma once

#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// Does what sslclient is for: find, connect, prove, run the program, relay. Returns the
/// exit status; every failure has been told in one line.
[[nodiscard]] int run(const Options& options);

}  // namespace cli::sslclient

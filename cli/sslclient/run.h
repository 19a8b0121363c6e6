#pragma once

#include "cli/sslclient/options.h"

namespace cli {

/// Does what sslclient is for: find, connect, prove, run the program, relay. Returns the
/// exit status; every failure has been told in one line.
[[nodiscard]] int run_sslclient(const SslclientOptions& options);

}  // namespace cli

#pragma once

#include "cli/sslclient/options.h"

namespace cli {

/// Applies an option letter that takes no argument; false if there is no such letter.
[[nodiscard]] bool apply_letter(int letter, SslclientOptions& options);

}  // namespace cli

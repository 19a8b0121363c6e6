#pragma once

#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// Sets what a letter without an argument stands for; false for any other.
[[nodiscard]] bool apply_letter(int letter, Options& options);

/// Sets what a letter with an argument stands for. Error kind `usage`.
[[nodiscard]] base::Result<void> apply_argument(int letter, const char* argument,
                                                Draft& draft);

}  // namespace cli::sslclient

#pragma once

#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// All letters, as getopt has them: one with `:` behind it takes an argument.
inline constexpr const char* kLetters =
    "+:346dDvqQhHrRnNxXsSeEmMyYjJi:I:p:T:t:l:a:A:c:C:z:k:K:V:w:";

/// Sets what a letter without an argument stands for; false for any other.
[[nodiscard]] bool apply_letter(int letter, Options& options);

/// Sets what a letter with an argument stands for. Error kind `usage`.
[[nodiscard]] base::Result<void> apply_argument(int letter, const char* argument,
                                                Draft& draft);

}  // namespace cli::sslclient

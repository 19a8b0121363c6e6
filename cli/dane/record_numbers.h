#pragma once

#include "cli/dane/command.h"
#include "src/publish/record.h"

namespace cli::dane {

/// `--usage`, `--selector` and `--matching`, each a number or its word in the tables of
/// src/base/tlsa.h in any case (`dane-ee`); those not given are 3 1 1's. Error kind
/// `usage`.
[[nodiscard]] base::Result<publish::Parameters> parameters_of(const Arguments& arguments);

}  // namespace cli::dane

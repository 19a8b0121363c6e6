#pragma once

#include <vector>

#include "cli/dane/command.h"
#include "src/base/tlsa.h"

namespace cli::dane {

/// The records of each `--record`: `U S M HEX`, or lines of a zone file
/// (`_25._tcp.mx.example.org. 3600 IN TLSA 3 1 1 HEX`, or TYPE52), whatever their owner.
/// Error kind `usage`; where the quotes are missing it shows where they belong.
[[nodiscard]] base::Result<std::vector<dns::Tlsa>> given_records(
    const Arguments& arguments);

}  // namespace cli::dane

#pragma once

#include <string>

namespace io {

/// The name of this machine as the kernel has it, be it whole or not; empty if it has
/// none.
[[nodiscard]] std::string host_name();

}  // namespace io

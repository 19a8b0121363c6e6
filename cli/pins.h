#pragma once

#include "src/base/error.h"
#include "src/base/policy.h"

namespace cli {

/// An error of kind `usage` if TLSA records of the command line could prove nobody:
/// beside a policy that asks for none, or if one is of usage 0 or 1 and no trust store is
/// named. A pin that is silently not looked at would be worse than none.
[[nodiscard]] base::Result<void> check_pins(const policy::Demand& demand);

}  // namespace cli

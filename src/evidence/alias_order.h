#pragma once

#include <vector>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace evidence {

/// The sets of an answer section in the order in which aliases lead from the question
/// through them, a DNAME before the CNAME that it makes (RFC 6672 3.1). Resolvers drop
/// what stands before the alias that leads there. Sets that none leads to come last.
[[nodiscard]] std::vector<base::Bytes> in_alias_order(std::vector<base::Bytes> sets,
                                                      const dns::Name& question);

}  // namespace evidence

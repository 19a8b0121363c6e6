#pragma once

#include <string>

struct ub_ctx;

namespace resolver {

/// The value of one of a context's options as text, a line for each if it has many; empty
/// if it has none.
[[nodiscard]] std::string option_of(ub_ctx* context, const char* name);

}  // namespace resolver

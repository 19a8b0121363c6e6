#pragma once

#include "verify/general_name.h"

namespace verify {

/// Whether `name` lies within the subtree of `base`, which is of the same form. `unknown`
/// if either cannot be read.
[[nodiscard]] Likeness within(const GeneralName& name, const GeneralName& base);

}  // namespace verify

#pragma once

#include <string>

#include "verify/reason.h"

namespace verify {

/// A rule that a path does not keep. Functions that look for one return nothing where all
/// rules are kept.
struct RuleBreach {
  Reason reason = Reason::no_path;
  std::string detail;  ///< for people, one line
};

}  // namespace verify

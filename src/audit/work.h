#pragma once

#include <optional>

#include "verify/check.h"

namespace audit {

/// A bound on the work that judging many chains makes, over all of them: more than honest
/// ones ever need. A host has 64 addresses, each with a chain of its owner's making.
class Work {
 public:
  explicit Work(const verify::Roots* roots = nullptr) : roots_(roots) {}

  /// The verdict on a chain; nothing if what is left of the work is not enough for one.
  [[nodiscard]] std::optional<verify::Verdict> check(
      const verify::Chain& chain, const policy::Requirement& requirement,
      std::chrono::sys_seconds now);

 private:
  const verify::Roots* roots_;
  std::size_t signatures_ = 1024;
  std::size_t steps_ = 65'536;
};

}  // namespace audit

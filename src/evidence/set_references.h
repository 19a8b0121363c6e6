#pragma once

#include <optional>

#include "src/evidence/bundle.h"

namespace evidence {

/// What is wrong with how answers refer to sets (docs/evidence-format.md, `dns`).
enum class ReferenceFault {
  out_of_order,  ///< sets that do not ascend, or one that stands there twice
  not_there,     ///< a section with a set that is not there, or with indices out of order
  unused,        ///< a set that nothing refers to: nobody would look at it
};

/// The first of these that holds; nothing where all is as it has to be.
[[nodiscard]] std::optional<ReferenceFault> reference_fault(const DnsEvidence& dns);

}  // namespace evidence

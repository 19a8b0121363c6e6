#pragma once

#include "src/evidence/bundle.h"
#include "src/evidence/checkpoint.h"

namespace evidence {

/// The checkpoint of the run in which a bundle says that it stands, if it does: its leaf
/// is below the checkpoint's root, at its place, and each peer has signed behind the run
/// before. Nothing is said of its stamps. The bundle has a `run`. Error kind `permanent`,
/// code `bad_evidence`.
[[nodiscard]] base::Result<Checkpoint> check_run(const Bundle& bundle);

}  // namespace evidence

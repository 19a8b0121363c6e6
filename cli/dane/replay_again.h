#pragma once

#include "cli/dane/replay_run.h"

namespace cli::dane {

/// What came out of a bundle that holds.
struct Replayed {
  Output told;  ///< what the command that wrote it says again
  evidence::SecondOpinion opinion;
  std::vector<SeenStamp> stamps;
};

/// Comes to the verdict of a bundle again. Error kind `permanent`, code `bad_evidence`,
/// for a bundle that does not hold; others as of what is read for it.
[[nodiscard]] base::Result<Replayed> replay_again(const evidence::Bundle& bundle,
                                                  const ReplayJob& job);

/// Goes where no network is. Error kind `temporary` if that cannot be.
[[nodiscard]] base::Result<void> leave_network();

}  // namespace cli::dane

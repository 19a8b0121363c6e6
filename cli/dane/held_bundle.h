#pragma once

#include "cli/dane/command.h"
#include "cli/dane/replay_again.h"

namespace cli::dane {

/// A bundle that was replayed, and holds.
struct HeldBundle {
  evidence::Bundle bundle;
  ReplayJob job;
  Replayed replayed;
};

/// A bundle, replayed by `--trust-anchor` and `--ca` in a network of its own. Errors:
/// those of `replay_again`, which name `from`, what it was read from.
[[nodiscard]] base::Result<HeldBundle> held_bundle(const Arguments& arguments,
                                                   evidence::Bundle bundle,
                                                   const std::string& from);
/// Replays the bundle in a file likewise. Errors: also those of reading it.
[[nodiscard]] base::Result<HeldBundle> held_bundle_in(const Arguments& arguments,
                                                      const std::string& path);

}  // namespace cli::dane

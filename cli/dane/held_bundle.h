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

/// The bundle of a file, replayed by `--trust-anchor` and `--ca` in a network of its own.
/// Errors: those of reading it and of `replay_again`; they name the file.
[[nodiscard]] base::Result<HeldBundle> held_bundle(const Arguments& arguments,
                                                   const std::string& path);

}  // namespace cli::dane

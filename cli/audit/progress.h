#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/audit/tally.h"
#include "src/io/loop.h"

namespace cli::audit {

/// The line on standard error that says how far a run is; only on a terminal.
class Progress {
 public:
  /// `total` domains, if that is known.
  Progress(bool wanted, std::optional<std::uint64_t> total);
  /// Whether it is time to show it again: twice a second.
  [[nodiscard]] bool is_due() const { return wanted_ && io::Clock::now() >= next_; }
  /// Shows where the run is: all that is done, `done` of it by this run.
  void show(const Tally& tally, std::uint64_t done, std::size_t in_flight);
  /// Takes the line away again.
  void clear();

 private:
  bool wanted_;
  bool shown_ = false;
  std::optional<std::uint64_t> total_;
  io::TimePoint begin_;
  io::TimePoint next_;  // when it is shown again
};

}  // namespace cli::audit

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/dane/audit/tally.h"
#include "src/io/loop.h"

namespace cli::report {

/// How fast a run is.
struct Pace {
  std::uint64_t done = 0;  ///< domains of this run
  std::size_t in_flight = 0;
  std::chrono::duration<double> passed{0};
};

/// `12 of 40 domains, 3/s, 8 in flight, 9 s left: 12 enforced`: all that is done, also by
/// an earlier run, out of `total`, if that is known.
[[nodiscard]] std::string progress_in_words(const Tally& tally, const Pace& pace,
                                            std::optional<std::uint64_t> total);

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

}  // namespace cli::report

#pragma once

#include <chrono>

namespace io {

/// The clock of deadlines: it stands still while the loop of this thread cannot run.
///
/// A deadline says how long a peer may take. While this process is stopped, swapped out,
/// or another conversation of the same loop computes, nobody looks at what peers have
/// sent; were that time theirs, a sound host would be told to be silent. So a thread
/// whose loop has a Pulse lives only the time in which the loop came round, and all
/// deadlines move by what it missed. Without a Pulse this is std::chrono::steady_clock.
/// Points of different threads do not compare.
class Clock {
 public:
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;

  [[nodiscard]] static time_point now() noexcept;
  /// All that this thread has missed.
  [[nodiscard]] static duration missed() noexcept;
  /// Whether the clock stands still now, since the loop has not come round for long:
  /// whoever keeps it from that has to let it run before it reads the clock again.
  [[nodiscard]] static bool is_behind() noexcept;

  /// How late the loop may be before the clock stands still: so much of a peer's time may
  /// have been ours.
  static constexpr duration kUncounted = std::chrono::milliseconds(250);

 private:
  friend class Pulse;
  static constexpr duration kBeat = std::chrono::milliseconds(100);
  /// From here on the loop is expected to come round each kBeat.
  static void begin() noexcept;
  /// It did.
  static void beat() noexcept;
  static void end() noexcept;
};

}  // namespace io

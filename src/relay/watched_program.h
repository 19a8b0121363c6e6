#pragma once

#include <sys/types.h>

#include <optional>

#include "src/io/descriptor.h"

namespace relay {

/// How a program has ended.
enum class ProgramEnd { well, with_failure, by_signal };

/// The program behind a relay, a child of ours, seen from here and never waited for.
class WatchedProgram {
 public:
  /// None is known.
  WatchedProgram() = default;
  /// Opens what says later how it is: so this is done while files can be opened. Nobody
  /// else may have waited for the child.
  explicit WatchedProgram(pid_t pid);

  /// 0 where none is known.
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Nothing while it runs.
  [[nodiscard]] std::optional<ProgramEnd> end() const;
  /// Whether it is on the way to its end, where its descriptors close before anybody is
  /// told how it ended; nothing where the system does not say.
  [[nodiscard]] std::optional<bool> is_ending() const;

 private:
  pid_t pid_ = 0;
  io::Descriptor facts_;  // /proc/PID/stat
};

}  // namespace relay

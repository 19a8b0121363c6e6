#pragma once

#include <chrono>

#include "src/relay/watched_program.h"

namespace relay {

/// A child that has closed 7, before it is known whether it goes on, has ended or was
/// killed. The kernel closes a program's descriptors first and gives its status later,
/// microseconds or, on a busy machine, many milliseconds.
class Leaving {
 public:
  /// `program` outlives it.
  explicit Leaving(const WatchedProgram& program);

  /// Readable when the program has ended; -1 where nobody waits for that.
  [[nodiscard]] int event() const { return ended_.get(); }
  /// When an end that has not come is no longer waited for.
  [[nodiscard]] std::chrono::steady_clock::time_point until() const { return until_; }
  [[nodiscard]] bool is_unknown() const;
  /// Whether its end-of-file was the end of its words: not if a signal ended it, and not
  /// if it failed and had not said a word (`has_spoken`).
  [[nodiscard]] bool are_words_whole(bool has_spoken) const;

 private:
  const WatchedProgram& program_;
  bool is_ending_ = false;
  io::Descriptor ended_;  // a pidfd
  std::chrono::steady_clock::time_point until_;
};

}  // namespace relay

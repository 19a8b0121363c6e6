#pragma once

#include <sys/types.h>

#include <chrono>

#include "src/io/descriptor.h"

namespace relay {

/// A child that has closed 7, before it is known whether it goes on, has ended or was
/// killed.
class Leaving {
 public:
  /// `program` is a child of ours that nobody has waited for; 0: none is known.
  explicit Leaving(pid_t program);

  /// Readable when the program has ended; -1 where the kernel does not tell.
  [[nodiscard]] int event() const { return ended_.get(); }
  /// When a program that has not ended is taken for one that goes on and listens.
  [[nodiscard]] std::chrono::steady_clock::time_point until() const { return until_; }
  [[nodiscard]] bool is_unknown() const;
  /// Whether its end-of-file was the end of its words: not if a signal ended it, and not
  /// if it failed and had not said a word (`has_spoken`).
  [[nodiscard]] bool are_words_whole(bool has_spoken) const;

 private:
  pid_t program_;
  io::Descriptor ended_;  // a pidfd
  std::chrono::steady_clock::time_point until_;
};

}  // namespace relay

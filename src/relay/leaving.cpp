#include "src/relay/leaving.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace relay {
namespace {

using Clock = std::chrono::steady_clock;

/// For a program of which it is known that it ends.
constexpr std::chrono::seconds kStatus{10};
/// Where that is not known: who goes on waits as long for close_notify to be said.
constexpr std::chrono::milliseconds kGuess{50};

}  // namespace

Leaving::Leaving(const WatchedProgram& program)
    : program_(program), until_(Clock::now()) {
  if (program.pid() == 0 || program.end()) return;
  const auto ends = program.is_ending();
  if (ends == false) return;
  is_ending_ = ends.has_value();
  // By its number: not every C library that is in use declares pidfd_open for C++.
  ended_ = io::Descriptor(static_cast<int>(syscall(SYS_pidfd_open, program.pid(), 0)));
  if (is_ending_) {
    until_ += kStatus;
  } else {
    until_ += kGuess;
  }
}

bool Leaving::is_unknown() const { return Clock::now() < until_ && !program_.end(); }

bool Leaving::are_words_whole(bool has_spoken) const {
  const auto end = program_.end();
  if (!end) return !is_ending_;  // it goes on
  switch (*end) {
    case ProgramEnd::well:
      return true;
    case ProgramEnd::with_failure:
      return has_spoken;
    case ProgramEnd::by_signal:
      return false;
  }
  return false;
}

}  // namespace relay

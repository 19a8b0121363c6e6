#include "src/relay/leaving.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "src/relay/cut.h"

namespace relay {
namespace {

using Clock = std::chrono::steady_clock;

/// The kernel needs microseconds from a program's last descriptor to its status; a busy
/// machine gives them late. Who closes 7 and listens on waits as long for close_notify.
constexpr std::chrono::milliseconds kStatus{50};

}  // namespace

Leaving::Leaving(pid_t program) : program_(program), until_(Clock::now()) {
  if (program <= 0 || end_of(program)) return;
  // By its number: not every C library that is in use declares pidfd_open for C++.
  ended_ = io::Descriptor(static_cast<int>(syscall(SYS_pidfd_open, program, 0)));
  until_ += kStatus;
}

bool Leaving::is_unknown() const { return !end_of(program_) && Clock::now() < until_; }

bool Leaving::are_words_whole(bool has_spoken) const {
  switch (end_of(program_).value_or(ProgramEnd::well)) {
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

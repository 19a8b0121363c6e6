#include "src/relay/cut.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

namespace relay {

base::Error truncation() {
  return {base::ErrorKind::temporary, base::Code::truncated,
          "the peer closed the connection without close_notify: what it sent may be cut "
          "off"};
}

bool is_drained(int fd) {
  int unread = 0;
  return ioctl(fd, FIONREAD, &unread) != 0 || unread == 0;
}

std::optional<ProgramEnd> end_of(pid_t program) {
  siginfo_t facts{};
  if (program <= 0 ||
      waitid(P_PID, static_cast<id_t>(program), &facts, WEXITED | WNOHANG | WNOWAIT) !=
          0 ||
      facts.si_pid != program) {
    return std::nullopt;
  }
  if (facts.si_code != CLD_EXITED) return ProgramEnd::by_signal;
  return facts.si_status == 0 ? ProgramEnd::well : ProgramEnd::with_failure;
}

}  // namespace relay

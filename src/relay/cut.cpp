#include "src/relay/cut.h"

#include <sys/ioctl.h>

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

}  // namespace relay

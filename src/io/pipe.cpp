#include "src/io/pipe.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace io {

base::Result<std::pair<Descriptor, Descriptor>> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return base::fail(base::ErrorKind::internal, base::Code::pipe,
                      "unable to create pipe: " + base::system_message(errno));
  }
  return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

base::Result<std::pair<Descriptor, Descriptor>> make_socket_pair(int type) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return base::fail(base::ErrorKind::internal, base::Code::socket,
                      "unable to create socket pair: " + base::system_message(errno));
  }
  return std::pair(Descriptor(ends[0]), Descriptor(ends[1]));
}

}  // namespace io

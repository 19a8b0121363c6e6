#include "src/io/write_all.h"

#include <unistd.h>

#include <cerrno>

namespace io {

base::Result<void> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      return base::fail(base::ErrorKind::temporary, base::Code::io,
                        "unable to write: " + base::system_message(errno));
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace io

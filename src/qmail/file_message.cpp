#include "src/qmail/file_message.h"

#include <unistd.h>

#include <cerrno>

namespace qmail {

base::Result<std::string_view> FileMessage::next() {
  for (;;) {
    const ssize_t n = pread(descriptor_, buffer_.data(), buffer_.size(), at_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return base::fail(base::ErrorKind::temporary, base::Code::read,
                        "unable to read message: " + base::system_message(errno));
    }
    at_ += n;
    return std::string_view(buffer_).substr(0, static_cast<std::size_t>(n));
  }
}

}  // namespace qmail

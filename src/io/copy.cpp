#include "src/io/copy.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

namespace io {
namespace {

/// Whether a call that failed so is to be made again, now that it may succeed.
bool may_try_again(int error, int fd, short event) {
  if (error == EINTR) return true;
  if (error != EAGAIN) return false;
  pollfd one{fd, event, 0};
  (void)poll(&one, 1, -1);
  return true;
}

/// The errno that kept some of the octets back, or 0.
int write_out(int to, std::span<const std::byte> octets) {
  while (!octets.empty()) {
    const ssize_t n = ::write(to, octets.data(), octets.size());
    if (n >= 0) {
      octets = octets.subspan(static_cast<std::size_t>(n));
    } else if (const int error = errno; !may_try_again(error, to, POLLOUT)) {
      return error;
    }
  }
  return 0;
}

}  // namespace

CopyEnd copy_all(int from, int to) {
  std::array<std::byte, 65536> buffer{};
  for (;;) {
    const ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n == 0) return {};
    if (n < 0) {
      const int error = errno;
      if (may_try_again(error, from, POLLIN)) continue;
      return {error, 0};
    }
    const auto size = static_cast<std::size_t>(n);
    if (const int error = write_out(to, std::span(buffer).first(size)); error != 0) {
      return {0, error};
    }
  }
}

}  // namespace io

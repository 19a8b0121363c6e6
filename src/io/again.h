#pragma once

#include <sys/types.h>

#include <cerrno>

namespace io {

/// What a system call returns that is made again as long as a signal interrupts it.
template <typename Call>
[[nodiscard]] ssize_t again(Call call) {
  ssize_t n = 0;
  do {
    n = call();
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace io

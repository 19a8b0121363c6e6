#pragma once

#include <unistd.h>

#include <array>
#include <string>

namespace support {

/// All that a descriptor gives, up to its end or an error.
inline std::string read_all(int fd) {
  std::string out;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace support

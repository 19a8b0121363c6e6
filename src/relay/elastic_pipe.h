#pragma once

#include <sys/types.h>

#include <cstddef>

namespace relay {

/// A pipe to or from a child, which grows when it is full for the first time. Large pipes
/// make a relay of much faster, but each costs the kernel memory and time, and most
/// connections say little.
class ElasticPipe {
 public:
  /// Makes our end non-blocking.
  void prepare(int fd);
  /// `written` octets, or -1, of `offered` went in.
  void took(ssize_t written, std::size_t offered);
  /// `read` octets came out.
  void gave(ssize_t read);

 private:
  void grow();

  int fd_ = -1;
  bool has_grown_ = false;
};

}  // namespace relay

#pragma once

#include <sys/types.h>

#include <cstddef>

namespace relay {

/// A pipe to or from a child, which grows when it has carried once what it holds. Large
/// pipes make a relay of much faster, but each costs the kernel memory and time, and most
/// connections say little.
class ElasticPipe {
 public:
  /// Makes our end non-blocking.
  void prepare(int fd);
  /// So many octets went in or came out; what is not positive is none.
  void carried(ssize_t octets);

 private:
  int fd_ = -1;
  std::size_t carried_ = 0;
  bool has_grown_ = false;
};

}  // namespace relay

#include "src/relay/elastic_pipe.h"

#include <fcntl.h>

namespace relay {
namespace {

constexpr std::size_t kUsual = std::size_t{64} * 1024;  // of a new pipe: pipe(7)
constexpr int kLargest = 1024 * 1024;  // the kernel's limit for everybody

}  // namespace

void ElasticPipe::prepare(int fd) {
  fd_ = fd;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void ElasticPipe::carried(ssize_t octets) {
  if (has_grown_ || octets <= 0) return;
  carried_ += static_cast<std::size_t>(octets);
  if (carried_ < kUsual) return;
  has_grown_ = true;
  fcntl(fd_, F_SETPIPE_SZ, kLargest);  // only faster, so a refusal does not matter
}

}  // namespace relay

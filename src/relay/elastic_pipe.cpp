#include "src/relay/elastic_pipe.h"

#include <fcntl.h>

#include <cerrno>

namespace relay {
namespace {

constexpr ssize_t kUsual = 64 * 1024;  // what a pipe holds when it is made: pipe(7)
constexpr int kLargest = 1024 * 1024;  // the kernel's limit for everybody

}  // namespace

void ElasticPipe::prepare(int fd) {
  fd_ = fd;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void ElasticPipe::took(ssize_t written, std::size_t offered) {
  const int error = errno;
  const bool is_full =
      written < 0 ? error == EAGAIN : static_cast<std::size_t>(written) < offered;
  if (is_full) grow();
  errno = error;
}

void ElasticPipe::gave(ssize_t read) {
  if (read >= kUsual) grow();
}

void ElasticPipe::grow() {
  if (has_grown_) return;
  has_grown_ = true;
  fcntl(fd_, F_SETPIPE_SZ, kLargest);  // only faster, so a refusal does not matter
}

}  // namespace relay

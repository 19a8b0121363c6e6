#include "src/tls/transport.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace tls {
namespace {

constexpr std::size_t kReadAhead = std::size_t{128} * 1024;

}  // namespace

// The peer's FIN is said to be "nothing there yet": told of the end, GnuTLS would take
// the session down and our own direction with it, which RFC 8446 6.1 leaves open. Whoever
// reads asks `at_end`.
bool Transport::fill() {
  if (!in_) in_ = std::make_unique_for_overwrite<std::byte[]>(kReadAhead);
  ssize_t n = 0;
  do {
    n = ::recv(fd_, in_.get(), kReadAhead, 0);
  } while (n < 0 && errno == EINTR);
  at_end_ = n == 0;
  if (at_end_) errno = EAGAIN;
  if (n <= 0) return false;
  in_begin_ = 0;
  in_end_ = static_cast<std::size_t>(n);
  return true;
}

ssize_t Transport::pull(std::span<std::byte> into) {
  if (!unread() && !fill()) return -1;
  const std::size_t take = std::min(into.size(), in_end_ - in_begin_);
  std::memcpy(into.data(), in_.get() + in_begin_, take);
  in_begin_ += take;
  return static_cast<ssize_t>(take);
}

void Transport::push(base::ByteView octets) {
  out_.insert(out_.end(), octets.begin(), octets.end());
}

base::Result<void> Transport::flush(int fd) {
  while (unsent() > 0) {
    const ssize_t n = ::send(fd, out_.data() + out_sent_, unsent(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(out_sent_));
      out_sent_ = 0;
      return {};
    }
    if (n < 0) {
      return base::fail(base::ErrorKind::temporary, base::Code::io,
                        "unable to write to the peer: " + base::system_message(errno));
    }
    out_sent_ += static_cast<std::size_t>(n);
  }
  discard_unsent();
  return {};
}

void Transport::discard_unsent() {
  out_.clear();
  out_sent_ = 0;
}

}  // namespace tls

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace tls {

/// The records between a TLS library and a non-blocking socket: two buffers larger than
/// one record, so that one system call moves many of them. It knows nothing of TLS.
class Transport {
 public:
  /// The socket that `pull` reads from until the next `use`.
  void use(int fd) { fd_ = fd; }

  /// Octets that came, at most `into.size()`: from the buffer, else by one read of the
  /// socket. -1 with `errno` where there are none; the peer's FIN is EAGAIN and `at_end`.
  [[nodiscard]] ssize_t pull(std::span<std::byte> into);
  /// Keeps octets until `flush`.
  void push(base::ByteView octets);
  /// Sends what is kept until the socket would block. Error kind `temporary`, code `io`.
  [[nodiscard]] base::Result<void> flush(int fd);

  /// Octets that wait to be sent.
  [[nodiscard]] std::size_t unsent() const { return out_.size() - out_sent_; }
  /// Forgets them.
  void discard_unsent();
  /// Whether octets lie in the buffer that `pull` gives.
  [[nodiscard]] bool unread() const { return in_begin_ < in_end_; }
  /// Whether the last read of the socket met the peer's FIN.
  [[nodiscard]] bool at_end() const { return at_end_; }

 private:
  /// Reads the socket into the empty buffer; false with `errno` where nothing came.
  bool fill();

  int fd_ = -1;
  bool at_end_ = false;
  std::unique_ptr<std::byte[]> in_;  // untouched pages cost nothing
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::vector<std::byte> out_;
  std::size_t out_sent_ = 0;
};

}  // namespace tls

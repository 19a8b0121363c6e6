#pragma once

#include <sys/socket.h>

namespace io {

/// Ends what a conversation waits for on its socket, because what it is for has been
/// decided elsewhere. One conversation at a time; both ends are on one loop.
class Abort {
 public:
  /// From here on nothing more is begun, and the socket that is watched gives an error.
  /// A connection that is being set up ends by this too (Linux: `shutdown` disconnects a
  /// socket that has only sent its SYN).
  void request() {
    requested_ = true;
    if (socket_ >= 0) (void)shutdown(socket_, SHUT_RDWR);
  }
  [[nodiscard]] bool requested() const { return requested_; }

  /// The socket that the conversation waits for; -1 for none.
  void watch(int socket) {
    socket_ = socket;
    if (requested_) request();
  }

 private:
  int socket_ = -1;
  bool requested_ = false;
};

}  // namespace io

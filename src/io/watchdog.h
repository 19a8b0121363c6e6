#pragma once

#include <sys/socket.h>

#include <memory>

#include "src/io/loop.h"

namespace io {

/// Ends a connection when its time is over, however often a word of the peer comes just
/// in time. The socket must stay open while the watchdog lives.
class Watchdog {
 public:
  Watchdog(Loop& loop, int socket, Duration span)
      : timer_(loop, span), barked_(std::make_shared<bool>(false)) {
    timer_.async_wait(
        [socket, barked = std::weak_ptr(barked_)](const asio::error_code& error) {
          const auto here = barked.lock();
          if (error || !here) return;
          *here = true;
          (void)shutdown(socket, SHUT_RDWR);
        });
  }
  [[nodiscard]] bool barked() const { return *barked_; }

 private:
  Timer timer_;
  std::shared_ptr<bool> barked_;  // the timer's last word may come when this has gone
};

}  // namespace io

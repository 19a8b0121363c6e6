#include "src/relay/linger.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>

namespace relay {

void cork(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

void linger(int socket) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kLinger{2000};
  shutdown(socket, SHUT_WR);
  const auto until = Clock::now() + kLinger;
  std::array<std::byte, 4096> scrap{};
  for (;;) {
    const ssize_t n = recv(socket, scrap.data(), scrap.size(), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd fd{socket, POLLIN, 0};
    if (left.count() <= 0) return;
    if (n < 0 && poll(&fd, 1, static_cast<int>(left.count())) == 0) return;
  }
}

}  // namespace relay

#include "cli/sslserver/child_report.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace cli::sslserver {

bool ChildReport::give_up() {
  kill(pid_, SIGKILL);
  return true;
}

bool ChildReport::hear() {
  std::array<char, std::size_t{64} * 1024> part{};
  for (;;) {
    const ssize_t n = ::recv(socket_.get(), part.data(), part.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) return true;  // it has ended
    heard_.append(part.data(), static_cast<std::size_t>(n));
    const auto size = size_of_message(heard_);
    if (!size) continue;
    if (*size > most_octets_) return give_up();
    if (heard_.size() < *size) continue;
    words_ = words_in(std::string_view(heard_).substr(0, *size));
    return words_ ? true : give_up();
  }
  return Clock::now() >= until_ && give_up();
}

void ChildReport::wait() {
  while (!hear()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now());
    pollfd socket{socket_.get(), POLLIN, 0};
    poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  }
}

}  // namespace cli::sslserver

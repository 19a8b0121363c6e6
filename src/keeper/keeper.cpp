#include "src/keeper/keeper.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <map>

#include "src/io/pass_descriptor.h"
#include "src/io/pipe.h"
#include "src/keeper/handshake_shape.h"
#include "src/keeper/message.h"
#include "src/keeper/ticket_secret.h"

namespace keeper {
namespace {

/// What is left to one connection.
struct Channel {
  io::Descriptor socket;
  unsigned signatures = 1;  // what one handshake needs
  unsigned ticket_keys = 1;
};

class Keeper {
 public:
  Keeper(io::Descriptor control, std::vector<tls::PrivateKey> keys)
      : control_(std::move(control)),
        keys_(std::move(keys)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    allow_many_channels();
    watch(control_.get());
  }

  void run() {
    std::array<epoll_event, 64> events{};
    while (control_ || !channels_.empty()) {
      const int n = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      if (n < 0 && errno != EINTR) return;
      for (int i = 0; i < n; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == control_.get()) {
          take_channels();
        } else {
          serve(fd);
        }
      }
    }
  }

 private:
  /// Each connection has a channel until its handshake is over.
  static void allow_many_channels() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }

  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void take_channels() {
    for (;;) {
      io::Descriptor socket;
      const io::Arrival arrival =
          io::receive_descriptor(control_.get(), io::Patience::none, socket);
      if (arrival == io::Arrival::end) control_.reset();
      if (arrival != io::Arrival::descriptor) return;
      const int fd = socket.get();
      watch(fd);
      channels_[fd].socket = std::move(socket);
    }
  }

  /// A question that is none, or one too many, is the end of the channel.
  void serve(int fd) {
    std::array<std::byte, kMostOctets> message{};
    const ssize_t n = ::recv(fd, message.data(), message.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const auto found = channels_.find(fd);
    if (found == channels_.end()) return;
    base::Bytes answer;
    if (n > 0) {
      const auto question =
          read_question(base::ByteView(message).first(static_cast<std::size_t>(n)));
      if (question) answer = this->answer(found->second, *question);
    }
    const bool told = !answer.empty() && ::send(fd, answer.data(), answer.size(),
                                                MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
    if (!told) channels_.erase(found);
  }

  base::Bytes answer(Channel& channel, const Question& question) {
    if (const auto* ticket = std::get_if<TicketQuestion>(&question)) {
      if (channel.ticket_keys == 0) return {};
      --channel.ticket_keys;
      return secret_.key_for(ticket->words, TicketSecret::Clock::now());
    }
    const auto& request = std::get<tls::SigningRequest>(question);
    if (channel.signatures == 0 || request.key >= keys_.size()) return {};
    if (!is_of_a_handshake(request)) return {};
    --channel.signatures;
    return keys_[request.key].sign(request).value_or(base::Bytes());
  }

  io::Descriptor control_;
  std::vector<tls::PrivateKey> keys_;
  io::Descriptor epoll_;
  std::map<int, Channel> channels_;
  TicketSecret secret_;
};

}  // namespace

base::Result<io::Descriptor> open_channel(const io::Descriptor& control) {
  auto ends = io::make_socket_pair(SOCK_SEQPACKET);
  if (!ends) return tl::unexpected(ends.error());
  if (io::send_descriptor(control.get(), ends->second.get())) {
    return std::move(ends->first);
  }
  return base::fail(base::ErrorKind::internal, base::Code::closed,
                    "the keeper of the keys does not answer");
}

void keep(io::Descriptor control, std::vector<tls::PrivateKey> keys) {
  Keeper(std::move(control), std::move(keys)).run();
}

}  // namespace keeper

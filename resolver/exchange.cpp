#include "resolver/exchange.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <memory>

#include "resolver/message.h"
#include "src/io/pulse.h"

namespace resolver {
namespace {

using base::ErrorKind;

constexpr std::size_t kLongest = 65'535;
constexpr std::size_t kMostStrays = 16;  // datagrams that are no answer to us

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(ErrorKind::temporary, code, std::move(detail));
}

/// The failure of an exchange where this machine has no means left.
tl::unexpected<base::Error> at_fault_here(const asio::error_code& error) {
  return base::fail(ErrorKind::internal, base::Code::local, error.message());
}

/// Whether something has come that nobody has read.
bool has_unread(int descriptor) {
  pollfd one{descriptor, POLLIN, 0};
  return poll(&one, 1, 0) > 0;
}

/// Closes a socket when its time is over, so that whoever waits on it goes on. What has
/// come by then is read before.
template <typename Socket>
class Limit {
 public:
  Limit(io::Loop& loop, Socket& socket, io::TimePoint deadline)
      : watched_(std::make_shared<Watched>(Watched{socket, io::Timer(loop)})),
        hold_(io::Pulse::of(loop)) {
    watch(watched_, deadline, Chance::one_more);
  }
  // The timer's last word may come when the socket has gone.
  ~Limit() {
    watched_->is_left = true;
    watched_->timer.cancel();
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

  [[nodiscard]] tl::unexpected<base::Error> error(const asio::error_code& code) const {
    if (watched_->passed) return failed(base::Code::timeout, "no answer in time");
    return failed(base::Code::io, code.message());
  }

 private:
  enum class Chance { one_more, last };
  struct Watched {
    Socket& socket;
    io::Timer timer;
    bool is_left = false;
    bool passed = false;
  };

  static void watch(const std::shared_ptr<Watched>& watched, io::TimePoint until,
                    Chance chance) {
    watched->timer.expires_at(until);
    watched->timer.async_wait([watched, until, chance](const asio::error_code& error) {
      if (error || watched->is_left) return;
      if (chance == Chance::one_more && has_unread(watched->socket.native_handle())) {
        watch(watched, until + io::Clock::kUncounted, Chance::last);
        return;
      }
      watched->passed = true;
      asio::error_code ignored;
      watched->socket.close(ignored);
    });
  }

  std::shared_ptr<Watched> watched_;
  io::Pulse::Hold hold_;
};

}  // namespace

asio::ip::address to_asio(const net::Address& address) {
  if (address.family == net::Family::v4) {
    asio::ip::address_v4::bytes_type octets{};
    std::ranges::transform(address.bytes(), octets.begin(),
                           [](std::byte b) { return std::to_integer<unsigned char>(b); });
    return asio::ip::address_v4(octets);
  }
  asio::ip::address_v6::bytes_type octets{};
  std::ranges::transform(address.bytes(), octets.begin(),
                         [](std::byte b) { return std::to_integer<unsigned char>(b); });
  return asio::ip::address_v6(octets, address.scope);
}

io::Task<base::Result<base::Bytes>> by_udp(io::Loop& loop, net::Endpoint server,
                                           const base::Bytes& query,
                                           io::TimePoint deadline) {
  asio::ip::udp::socket socket(loop);
  Limit<asio::ip::udp::socket> limit(loop, socket, deadline);
  const asio::ip::udp::endpoint peer(to_asio(server.address), server.port);
  asio::error_code error;
  socket.open(peer.protocol(), error);
  if (error) co_return at_fault_here(error);
  socket.connect(peer, error);
  if (error) co_return limit.error(error);
  co_await socket.async_send(asio::buffer(query),
                             asio::redirect_error(io::kResume, error));
  base::Bytes message(kLongest);
  for (std::size_t strays = 0; !error && strays < kMostStrays; ++strays) {
    const std::size_t size = co_await socket.async_receive(
        asio::buffer(message), asio::redirect_error(io::kResume, error));
    if (error) break;
    if (!is_answer(base::ByteView(message).first(size), query)) continue;
    message.resize(size);
    co_return message;
  }
  if (error) co_return limit.error(error);
  co_return failed(base::Code::malformed, "messages that are no answer");
}

io::Task<base::Result<base::Bytes>> by_tcp(io::Loop& loop, net::Endpoint server,
                                           const base::Bytes& query,
                                           io::TimePoint deadline) {
  asio::ip::tcp::socket socket(loop);
  Limit<asio::ip::tcp::socket> limit(loop, socket, deadline);
  const asio::ip::tcp::endpoint peer(to_asio(server.address), server.port);
  asio::error_code error;
  socket.open(peer.protocol(), error);
  if (error) co_return at_fault_here(error);
  co_await socket.async_connect(peer, asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  constexpr std::size_t kHigh = 256;
  base::Bytes framed(2 + query.size());
  framed[0] = static_cast<std::byte>(query.size() / kHigh);
  framed[1] = static_cast<std::byte>(query.size() % kHigh);
  std::ranges::copy(query, framed.begin() + 2);
  co_await asio::async_write(socket, asio::buffer(framed),
                             asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  std::array<std::byte, 2> length{};
  co_await asio::async_read(socket, asio::buffer(length),
                            asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  base::Bytes message(std::to_integer<std::size_t>(length[0]) * kHigh +
                      std::to_integer<std::size_t>(length[1]));
  co_await asio::async_read(socket, asio::buffer(message),
                            asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  if (!is_answer(message, query)) {
    co_return failed(base::Code::malformed, "a message that is no answer");
  }
  co_return message;
}

}  // namespace resolver

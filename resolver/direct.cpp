#include "resolver/direct.h"

#include <algorithm>
#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <memory>
#include <random>

namespace resolver {
namespace {

using base::ErrorKind;

constexpr std::uint16_t kPort = 53;
constexpr std::size_t kHeader = 12;
constexpr std::size_t kLongest = 65'535;
constexpr std::size_t kMostStrays = 16;  // datagrams that are no answer to us

tl::unexpected<base::Error> failed(std::string_view code, std::string detail) {
  return base::fail(ErrorKind::temporary, code, std::move(detail));
}

void put(base::Bytes& out, std::size_t number) {
  out.push_back(static_cast<std::byte>(number >> 8U & 0xFFU));
  out.push_back(static_cast<std::byte>(number & 0xFFU));
}

/// The same where this machine has no means left.
tl::unexpected<base::Error> at_fault_here(const asio::error_code& error) {
  return base::fail(ErrorKind::internal, "local", error.message());
}

/// A query with one question and EDNS (RFC 1035 4.1, RFC 6891 6.1.2).
base::Result<base::Bytes> query_of(const dns::Name& name, Type type, std::uint16_t id) {
  constexpr std::size_t kIn = 1, kOpt = 41, kUdpSize = 1232, kDo = 0x8000;
  base::Bytes out;
  for (const std::size_t word : {std::size_t{id}, std::size_t{0}, std::size_t{1},
                                 std::size_t{0}, std::size_t{0}, std::size_t{1}}) {
    put(out, word);
  }
  const auto owner = wire_form(name);
  if (!owner) return failed("malformed", "a name that cannot be asked for");
  out.insert(out.end(), owner->begin(), owner->end());
  put(out, static_cast<std::size_t>(type));
  put(out, kIn);
  out.push_back(std::byte{0});
  for (const std::size_t word : {kOpt, kUdpSize, std::size_t{0}, kDo, std::size_t{0}}) {
    put(out, word);
  }
  return out;
}

/// Whether a message answers the query: its number, its question, and the QR bit.
bool is_answer(base::ByteView message, base::ByteView query) {
  constexpr std::size_t kEdns = 11;  // octets of the query behind its question
  const std::size_t question = query.size() - kHeader - kEdns;
  if (message.size() < kHeader + question) return false;
  const bool same_number = message[0] == query[0] && message[1] == query[1];
  const bool is_reply = (message[2] & std::byte{0x80}) != std::byte{0};
  const auto text = [&](base::ByteView whole) {
    return base::lower(base::as_text(whole.subspan(kHeader, question)));
  };
  return same_number && is_reply && text(message) == text(query);
}

bool is_cut(base::ByteView message) {
  return (message[2] & std::byte{0x02}) != std::byte{0};
}

asio::ip::address address_of(const net::Address& address) {
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

RawAnswer raw_of(base::ByteView message) {
  RawAnswer out;
  out.rcode = std::to_integer<int>(message[3] & std::byte{0x0F});
  out.packet.assign(message.begin(), message.end());
  return out;
}

/// Closes a socket when its time is over, so that whoever waits on it goes on.
template <typename Socket>
class Limit {
 public:
  Limit(io::Loop& loop, Socket& socket, io::TimePoint deadline)
      : timer_(loop, deadline), watched_(std::make_shared<Watched>(Watched{&socket})) {
    timer_.async_wait([watched = watched_](const asio::error_code& error) {
      if (error || watched->socket == nullptr) return;
      watched->passed = true;
      asio::error_code ignored;
      watched->socket->close(ignored);
    });
  }
  // The timer's last word may come when the socket has gone.
  ~Limit() { watched_->socket = nullptr; }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

  [[nodiscard]] tl::unexpected<base::Error> error(const asio::error_code& code) const {
    if (watched_->passed) return failed("timeout", "no answer in time");
    return failed("io", code.message());
  }

 private:
  struct Watched {
    Socket* socket = nullptr;
    bool passed = false;
  };
  asio::steady_timer timer_;
  std::shared_ptr<Watched> watched_;
};

io::Task<base::Result<base::Bytes>> by_udp(io::Loop& loop, const net::Address& server,
                                           const base::Bytes& query,
                                           io::TimePoint deadline) {
  asio::ip::udp::socket socket(loop);
  Limit<asio::ip::udp::socket> limit(loop, socket, deadline);
  const asio::ip::udp::endpoint peer(address_of(server), kPort);
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
  co_return failed("malformed", "messages that are no answer");
}

io::Task<base::Result<base::Bytes>> by_tcp(io::Loop& loop, const net::Address& server,
                                           const base::Bytes& query,
                                           io::TimePoint deadline) {
  asio::ip::tcp::socket socket(loop);
  Limit<asio::ip::tcp::socket> limit(loop, socket, deadline);
  const asio::ip::tcp::endpoint peer(address_of(server), kPort);
  asio::error_code error;
  socket.open(peer.protocol(), error);
  if (error) co_return at_fault_here(error);
  co_await socket.async_connect(peer, asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  base::Bytes framed;
  put(framed, query.size());
  framed.insert(framed.end(), query.begin(), query.end());
  co_await asio::async_write(socket, asio::buffer(framed),
                             asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  std::array<std::byte, 2> length{};
  co_await asio::async_read(socket, asio::buffer(length),
                            asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  constexpr std::size_t kHigh = 256;
  base::Bytes message(std::to_integer<std::size_t>(length[0]) * kHigh +
                      std::to_integer<std::size_t>(length[1]));
  co_await asio::async_read(socket, asio::buffer(message),
                            asio::redirect_error(io::kResume, error));
  if (error) co_return limit.error(error);
  if (!is_answer(message, query)) {
    co_return failed("malformed", "a message that is no answer");
  }
  co_return message;
}

/// As by_udp, and again where a datagram seems to be lost.
io::Task<base::Result<base::Bytes>> by_udp_again(io::Loop& loop,
                                                 const net::Address& server,
                                                 const base::Bytes& query,
                                                 io::TimePoint deadline) {
  constexpr int kTries = 3;
  for (int left = kTries;; --left) {
    const auto now = io::Clock::now();
    const auto soon = now + (deadline - now) / left;
    auto message = co_await by_udp(loop, server, query, soon);
    const bool lost = !message && message.error().code == "timeout";
    if (!lost || left == 1) co_return message;
  }
}

std::uint16_t random_number() {
  static thread_local std::random_device source;
  return static_cast<std::uint16_t>(source());
}

}  // namespace

io::Task<base::Result<RawAnswer>> ask_server(io::Loop& loop, net::Address server,
                                             dns::Name name, Type type,
                                             Transport transport,
                                             io::TimePoint deadline) {
  const auto query = query_of(name, type, random_number());
  if (!query) co_return tl::unexpected(query.error());
  if (transport == Transport::udp) {
    const auto message = co_await by_udp_again(loop, server, *query, deadline);
    if (!message) co_return tl::unexpected(message.error());
    if (!is_cut(*message)) co_return raw_of(*message);
  }
  const auto message = co_await by_tcp(loop, server, *query, deadline);
  if (!message) co_return tl::unexpected(message.error());
  co_return raw_of(*message);
}

}  // namespace resolver

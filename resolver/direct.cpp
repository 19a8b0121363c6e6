#include "resolver/direct.h"

#include "resolver/exchange.h"
#include "resolver/message.h"

namespace resolver {
namespace {

constexpr std::uint16_t kPort = 53;

/// Asks by UDP, and once more where a datagram seems to be lost.
io::Task<base::Result<base::Bytes>> by_udp_again(io::Loop& loop, net::Endpoint server,
                                                 const base::Bytes& query,
                                                 io::TimePoint deadline) {
  constexpr int kTries = 3;
  for (int left = kTries;; --left) {
    const auto now = io::Clock::now();
    const auto soon = now + (deadline - now) / left;
    auto message = co_await by_udp(loop, server, query, soon);
    const bool lost = !message && message.error().code == base::Code::timeout;
    if (!lost || left == 1) co_return message;
  }
}

}  // namespace

io::Task<base::Result<RawAnswer>> ask_server(io::Loop& loop, net::Address server,
                                             dns::Name name, Type type,
                                             Transport transport,
                                             io::TimePoint deadline) {
  const auto query = query_of(name, type, 0);
  if (!query) co_return tl::unexpected(query.error());
  const net::Endpoint peer{server, kPort};
  if (transport == Transport::udp) {
    const auto message = co_await by_udp_again(loop, peer, *query, deadline);
    if (!message) co_return tl::unexpected(message.error());
    if (!is_cut(*message)) co_return raw_of(*message);
  }
  const auto message = co_await by_tcp(loop, peer, *query, deadline);
  if (!message) co_return tl::unexpected(message.error());
  co_return raw_of(*message);
}

}  // namespace resolver

#include "src/io/connect.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "src/io/socket_address.h"

namespace io {
namespace {

using base::ErrorKind;

tl::unexpected<base::Error> failed(ErrorKind kind, std::string_view doing, int error) {
  const std::string prefix = doing.empty() ? "" : std::string(doing) + ": ";
  return base::fail(kind, base::Code::connect, prefix + base::system_message(error));
}

tl::unexpected<base::Error> failed(std::string_view doing, int error) {
  return failed(ErrorKind::temporary, doing, error);
}

/// A failure of this machine, with which the peer has nothing to do.
tl::unexpected<base::Error> at_fault_here(std::string_view doing, int error) {
  return failed(ErrorKind::internal, doing, error);
}

base::Result<Descriptor> make_socket(const net::Endpoint& peer, const Source& source) {
  const bool v4 = peer.address.family == net::Family::v4;
  Descriptor fd(
      socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return at_fault_here("unable to create socket", errno);
  net::Endpoint from{{peer.address.family, {}, 0}, source.port};
  if (source.address && source.address->family == peer.address.family) {
    from.address = *source.address;
  } else if (source.port == 0) {
    return fd;
  }
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const SocketAddress kernel = to_kernel(from);
  if (bind(fd.get(), kernel.get(), kernel.length) != 0) {
    return at_fault_here("unable to bind socket", errno);
  }
  return fd;
}

Task<base::Result<Descriptor>> connect_one(Loop& loop, net::Endpoint peer, Source source,
                                           std::chrono::milliseconds limit,
                                           Abort& abort) {
  auto fd = make_socket(peer, source);
  if (!fd) co_return tl::unexpected(fd.error());
  const SocketAddress kernel = to_kernel(peer);
  if (::connect(fd->get(), kernel.get(), kernel.length) == 0) co_return std::move(*fd);
  if (errno == EADDRNOTAVAIL) co_return at_fault_here("", errno);  // no port is left
  if (errno != EINPROGRESS) co_return failed("", errno);
  Stream stream(loop, std::move(*fd));
  abort.watch(stream.fd());
  const bool is_there = co_await stream.writable(Clock::now() + limit);
  abort.watch(-1);
  if (!is_there) {
    co_return base::fail(ErrorKind::temporary, base::Code::timeout, "timed out");
  }
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(stream.fd(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) co_return failed("", error);
  co_return stream.release();
}

}  // namespace

Task<ConnectOutcome> connect_any(Loop& loop, std::vector<net::Endpoint> endpoints,
                                 Source source, ConnectTimeouts timeouts, Abort& abort) {
  ConnectOutcome out;
  const bool single = endpoints.size() == 1;
  std::vector<std::chrono::milliseconds> passes = {timeouts.first, timeouts.second};
  if (single) passes = {timeouts.first + timeouts.second};
  for (std::size_t pass = 0; pass < passes.size(); ++pass) {
    const bool last = pass + 1 == passes.size() || passes[pass + 1].count() == 0;
    std::vector<net::Endpoint> again;
    for (const net::Endpoint& peer : endpoints) {
      if (abort.requested()) co_return out;
      auto socket = co_await connect_one(loop, peer, source, passes[pass], abort);
      if (socket) {
        out.local = local_endpoint(socket->get());
        out.peer = peer;
        out.socket = std::move(*socket);
        co_return out;
      }
      if (socket.error().code == base::Code::timeout && !last) {
        again.push_back(peer);
      } else {
        out.failures.push_back({peer, socket.error()});
      }
    }
    endpoints = std::move(again);
    if (last || endpoints.empty()) break;
  }
  co_return out;
}

Task<ConnectOutcome> connect_any(Loop& loop, std::vector<net::Endpoint> endpoints,
                                 Source source, ConnectTimeouts timeouts) {
  Abort nobody;
  co_return co_await connect_any(loop, std::move(endpoints), source, timeouts, nobody);
}

}  // namespace io

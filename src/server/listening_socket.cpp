#include "src/server/listening_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "src/io/socket_address.h"

namespace server {
namespace {

using base::Code;
using base::ErrorKind;

tl::unexpected<base::Error> failed(std::string_view doing) {
  return base::fail(ErrorKind::temporary, Code::socket,
                    std::string(doing) + ": " + base::system_message(errno));
}

void set(int fd, int level, int option, int value) {
  (void)setsockopt(fd, level, option, &value, sizeof value);
}

/// Whether the machine has nothing left, rather than that this connection went away
/// (accept(2)).
bool is_out_of_means(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

base::Result<io::Descriptor> listen_at(const ListenAt& where) {
  const bool v6 = where.endpoint.address.family == net::Family::v6;
  io::Descriptor out(
      socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out) return failed("unable to create socket");
  set(out.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (v6) set(out.get(), IPPROTO_IPV6, IPV6_V6ONLY, where.both_families ? 0 : 1);
  net::Endpoint endpoint = where.endpoint;
  if (where.scope != 0) endpoint.address.scope = where.scope;
  const io::SocketAddress kernel = io::to_kernel(endpoint);
  if (bind(out.get(), kernel.get(), kernel.length) != 0) {
    return failed("unable to bind " + net::to_text(endpoint.address) + " port " +
                  std::to_string(endpoint.port));
  }
  if (listen(out.get(), where.backlog) != 0) return failed("unable to listen");
  return out;
}

base::Result<Accepted> accept_one(const io::Descriptor& listening) {
  io::SocketAddress kernel;
  kernel.length = sizeof kernel.storage;
  Accepted out;
  out.socket = io::Descriptor(accept4(listening.get(), kernel.get(), &kernel.length,
                                      SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!out.socket) {
    const auto kind = is_out_of_means(errno) ? ErrorKind::internal : ErrorKind::temporary;
    return base::fail(kind, Code::socket,
                      "unable to accept: " + base::system_message(errno));
  }
  out.remote = io::from_kernel(kernel);
  out.local = io::local_endpoint(out.socket.get());
  return out;
}

}  // namespace server

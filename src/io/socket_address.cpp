#include "src/io/socket_address.h"

#include <netinet/in.h>

#include <cstring>

namespace io {

SocketAddress to_kernel(const net::Endpoint& endpoint) {
  SocketAddress out;
  if (endpoint.address.family == net::Family::v4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    std::memcpy(&in.sin_addr, endpoint.address.octets.data(), 4);
    std::memcpy(&out.storage, &in, sizeof in);
    out.length = sizeof in;
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(endpoint.port);
    in.sin6_scope_id = endpoint.address.scope;
    std::memcpy(&in.sin6_addr, endpoint.address.octets.data(), 16);
    std::memcpy(&out.storage, &in, sizeof in);
    out.length = sizeof in;
  }
  return out;
}

net::Endpoint from_kernel(const SocketAddress& kernel) {
  net::Endpoint out;
  if (kernel.storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &kernel.storage, sizeof in);
    out.port = ntohs(in.sin_port);
    std::memcpy(out.address.octets.data(), &in.sin_addr, 4);
  } else if (kernel.storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &kernel.storage, sizeof in);
    out.address.family = net::Family::v6;
    out.port = ntohs(in.sin6_port);
    out.address.scope = in.sin6_scope_id;
    std::memcpy(out.address.octets.data(), &in.sin6_addr, 16);
    out.address = net::unmapped(out.address);
  }
  return out;
}

net::Endpoint local_endpoint(int fd) {
  SocketAddress kernel;
  kernel.length = sizeof kernel.storage;
  if (getsockname(fd, kernel.get(), &kernel.length) != 0) return {};
  return from_kernel(kernel);
}

std::optional<net::Endpoint> peer_endpoint(int fd) {
  SocketAddress kernel;
  kernel.length = sizeof kernel.storage;
  if (getpeername(fd, kernel.get(), &kernel.length) != 0) return std::nullopt;
  return from_kernel(kernel);
}

}  // namespace io

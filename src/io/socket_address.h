#pragma once

#include <sys/socket.h>

#include <optional>

#include "src/base/address.h"

namespace io {

/// The kernel's form of an endpoint.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

[[nodiscard]] SocketAddress to_kernel(const net::Endpoint& endpoint);

/// The endpoint in the kernel's form; an IPv4-mapped IPv6 address is the IPv4 address
/// (RFC 4291 2.5.5.2).
[[nodiscard]] net::Endpoint from_kernel(const SocketAddress& kernel);

/// Our end of a socket; an empty endpoint if the kernel does not tell.
[[nodiscard]] net::Endpoint local_endpoint(int fd);

/// The other end; nothing if there is none any more.
[[nodiscard]] std::optional<net::Endpoint> peer_endpoint(int fd);

}  // namespace io

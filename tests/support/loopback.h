#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdint>

namespace support {

/// Gives a socket of IPv4 a free port of 127.0.0.1, and says which.
inline std::uint16_t bind_to_loopback(int socket) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof own;
  auto* address = reinterpret_cast<sockaddr*>(&own);
  EXPECT_EQ(::bind(socket, address, size), 0);
  EXPECT_EQ(::getsockname(socket, address, &size), 0);
  return ntohs(own.sin_port);
}

}  // namespace support

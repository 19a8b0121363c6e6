// src/server: what a server that forks is made of.
//
// listening_socket.h is where it listens, occupancy.h who is connected and how often,
// rights.h whose rights a process has. The server itself, its processes and what it
// says, is the program's (cli/sslserver). Nothing here knows of TLS.
#pragma once

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace server {

/// Where to listen.
struct ListenAt {
  net::Endpoint endpoint;      ///< port 0: any that is free
  bool both_families = false;  ///< `endpoint` is `::`, and IPv4 comes there too
  int backlog = 20;
  std::uint32_t scope = 0;  ///< interface of a link-local address
};

/// A socket on which connections come, non-blocking and close-on-exec. Error kind
/// `temporary`, code `socket`.
[[nodiscard]] base::Result<io::Descriptor> listen_at(const ListenAt& where);

/// A connection that was accepted.
struct Accepted {
  io::Descriptor socket;  ///< non-blocking and close-on-exec
  net::Endpoint remote;
  net::Endpoint local;
};

/// The next connection that waits. Errors: kind `temporary`, code `socket`, for one that
/// went before it was taken, or where nobody waits; kind `internal`, code `socket`, where
/// the machine has no descriptor or no memory left: trying again at once would not help.
[[nodiscard]] base::Result<Accepted> accept_one(const io::Descriptor& listening);

}  // namespace server

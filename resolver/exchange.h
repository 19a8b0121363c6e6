#pragma once

#include <asio/ip/address.hpp>

#include "src/base/address.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/io/loop.h"

namespace resolver {

[[nodiscard]] asio::ip::address to_asio(const net::Address& address);

/// Sends a query and waits for its answer, by one datagram or one connection. What is no
/// answer to it is passed over. Errors, kind `temporary`: codes `timeout`, `io`,
/// `malformed`; kind `internal`: code `local`, this machine has no socket left.
[[nodiscard]] io::Task<base::Result<base::Bytes>> by_udp(io::Loop& loop,
                                                         net::Endpoint server,
                                                         const base::Bytes& query,
                                                         io::TimePoint deadline);
[[nodiscard]] io::Task<base::Result<base::Bytes>> by_tcp(io::Loop& loop,
                                                         net::Endpoint server,
                                                         const base::Bytes& query,
                                                         io::TimePoint deadline);

}  // namespace resolver

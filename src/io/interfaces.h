#pragma once

#include <vector>

#include "src/base/address.h"

namespace io {

/// The addresses of this machine's interfaces, and the unspecified ones, which stand for
/// it too. Empty if they cannot be found out.
[[nodiscard]] std::vector<net::Address> own_addresses();

/// Whether this machine has a route to an address. Nothing is sent.
[[nodiscard]] bool has_route(const net::Address& address);

/// Whether what is sent to an address stays on this machine: the kernel would send it
/// from that very address. Nothing is sent. False for those of 127.0.0.0/8 that no
/// interface has, which the kernel answers from 127.0.0.1.
[[nodiscard]] bool is_local(const net::Address& address);

/// Whether connections can come from an address: this machine has it.
[[nodiscard]] bool can_bind(const net::Address& address);

}  // namespace io

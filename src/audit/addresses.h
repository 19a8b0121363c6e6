#pragma once

#include <functional>

#include "src/audit/common.h"

namespace audit {

/// What becomes of the addresses of a host before anybody connects.
struct AddressPlan {
  std::vector<net::Address> to_try;        ///< as many as a sender tries
  std::vector<net::Address> no_route;      ///< this machine has no way to them
  std::vector<net::Address> out_of_reach;  ///< not of the Internet, and left alone
  std::size_t untried = 0;                 ///< beyond those that a sender tries
};

/// Whether an address is left alone, since it is not of the Internet.
[[nodiscard]] bool is_out_of_reach(Reach reach, const net::Address& address);

/// Sorts the addresses of a host; `has_route` says whether this machine has a way to one.
[[nodiscard]] AddressPlan plan_addresses(
    const std::vector<net::Address>& addresses, Reach reach,
    const std::function<bool(const net::Address&)>& has_route);

/// Puts what was planned and then seen into the host. An address that this machine could
/// not connect to counts as one without a way; one whose chains are beyond what a host
/// may show (code `too_much`) as untried.
void put_addresses(HostSeen& host, AddressPlan plan, std::vector<AddressSeen> seen);

}  // namespace audit

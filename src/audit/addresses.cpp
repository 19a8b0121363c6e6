#include "src/audit/addresses.h"

#include "src/base/special_address.h"

namespace audit {
namespace {

constexpr std::size_t kMostAddresses = 64;  // of a host, connected to; as a sender does

}  // namespace

bool is_out_of_reach(Reach reach, const net::Address& address) {
  return reach == Reach::public_only && !net::is_public(address);
}

AddressPlan plan_addresses(const std::vector<net::Address>& addresses, Reach reach,
                           const std::function<bool(const net::Address&)>& has_route) {
  AddressPlan out;
  for (const net::Address& address : addresses) {
    if (is_out_of_reach(reach, address)) {
      out.out_of_reach.push_back(address);
    } else if (!has_route(address)) {
      out.no_route.push_back(address);
    } else if (out.to_try.size() < kMostAddresses) {
      out.to_try.push_back(address);
    } else {
      ++out.untried;
    }
  }
  return out;
}

void put_addresses(HostSeen& host, AddressPlan plan, std::vector<AddressSeen> seen) {
  host.no_route = std::move(plan.no_route);
  host.out_of_reach = std::move(plan.out_of_reach);
  host.untried = plan.untried;
  for (AddressSeen& address : seen) {
    const auto& error = usual(address).error;
    if (error && is_our_fault(*error)) {
      host.no_route.push_back(address.address);
    } else if (error && error->code == base::Code::too_much) {
      ++host.untried;
    } else {
      host.addresses.push_back(std::move(address));
    }
  }
}

}  // namespace audit

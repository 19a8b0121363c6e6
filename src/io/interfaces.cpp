#include "src/io/interfaces.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <memory>
#include <span>

namespace io {

std::vector<net::Address> own_addresses() {
  std::vector<net::Address> out;
  for (const char* anywhere : {"0.0.0.0", "::"})
    out.push_back(*net::parse_address(anywhere));
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    std::optional<net::Address> address;
    if (entry->ifa_addr->sa_family == AF_INET) {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
      address = net::address_from_bytes(std::as_bytes(std::span(&v4->sin_addr, 1)));
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
      address = net::address_from_bytes(std::as_bytes(std::span(&v6->sin6_addr, 1)));
    }
    if (address) out.push_back(*address);
  }
  return out;
}

}  // namespace io

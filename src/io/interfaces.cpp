#include "src/io/interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

#include "src/io/descriptor.h"

namespace io {

std::vector<net::Address> own_addresses() {
  std::vector<net::Address> out;
  for (const char* anywhere : {"0.0.0.0", "::"})
    out.push_back(*net::parse_address(anywhere));
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return out;
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

bool has_route(const net::Address& address) {
  constexpr std::uint16_t kAnyPort = 9;
  const bool v4 = address.family == net::Family::v4;
  const Descriptor probe(socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe) return errno != EAFNOSUPPORT;  // no socket left says nothing of routes
  sockaddr_in to4{};
  sockaddr_in6 to6{};
  to4.sin_family = AF_INET;
  to4.sin_port = htons(kAnyPort);
  to6.sin6_family = AF_INET6;
  to6.sin6_port = htons(kAnyPort);
  to6.sin6_scope_id = address.scope;
  const auto octets = address.bytes();
  void* into =
      v4 ? static_cast<void*>(&to4.sin_addr) : static_cast<void*>(&to6.sin6_addr);
  std::memcpy(into, octets.data(), octets.size());
  const auto* to = v4 ? reinterpret_cast<const sockaddr*>(&to4)
                      : reinterpret_cast<const sockaddr*>(&to6);
  return connect(probe.get(), to, v4 ? sizeof to4 : sizeof to6) == 0;
}

}  // namespace io

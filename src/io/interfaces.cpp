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

namespace {

/// The address of a socket address, without its scope; nothing for another family.
std::optional<net::Address> address_in(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
    return net::address_from_bytes(std::as_bytes(std::span(&v4->sin_addr, 1)));
  }
  if (from->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
    return net::address_from_bytes(std::as_bytes(std::span(&v6->sin6_addr, 1)));
  }
  return std::nullopt;
}

}  // namespace

std::vector<net::Address> own_addresses() {
  std::vector<net::Address> out;
  for (const char* anywhere : {"0.0.0.0", "::"})
    out.push_back(*net::parse_address(anywhere));
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return out;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const auto address = address_in(entry->ifa_addr);
    if (address) out.push_back(*address);
  }
  return out;
}

namespace {

/// An address and a port as the kernel wants them.
class SocketAddress {
 public:
  SocketAddress(const net::Address& address, std::uint16_t port)
      : is_v4_(address.family == net::Family::v4) {
    v4_.sin_family = AF_INET;
    v4_.sin_port = htons(port);
    v6_.sin6_family = AF_INET6;
    v6_.sin6_port = htons(port);
    v6_.sin6_scope_id = address.scope;
    const auto octets = address.bytes();
    void* into =
        is_v4_ ? static_cast<void*>(&v4_.sin_addr) : static_cast<void*>(&v6_.sin6_addr);
    std::memcpy(into, octets.data(), octets.size());
  }

  [[nodiscard]] int family() const { return is_v4_ ? AF_INET : AF_INET6; }
  [[nodiscard]] const sockaddr* get() const {
    return is_v4_ ? reinterpret_cast<const sockaddr*>(&v4_)
                  : reinterpret_cast<const sockaddr*>(&v6_);
  }
  [[nodiscard]] socklen_t size() const { return is_v4_ ? sizeof v4_ : sizeof v6_; }

 private:
  bool is_v4_;
  sockaddr_in v4_{};
  sockaddr_in6 v6_{};
};

}  // namespace

bool has_route(const net::Address& address) {
  constexpr std::uint16_t kAnyPort = 9;
  const SocketAddress to(address, kAnyPort);
  const Descriptor probe(socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe) return errno != EAFNOSUPPORT;  // no socket left says nothing of routes
  return connect(probe.get(), to.get(), to.size()) == 0;
}

bool is_local(const net::Address& address) {
  constexpr std::uint16_t kAnyPort = 9;
  const SocketAddress to(address, kAnyPort);
  const Descriptor probe(socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe || connect(probe.get(), to.get(), to.size()) != 0) return false;
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  if (getsockname(probe.get(), reinterpret_cast<sockaddr*>(&from), &size) != 0) {
    return false;
  }
  const auto source = address_in(reinterpret_cast<const sockaddr*>(&from));
  return source && source->octets == address.octets;
}

bool can_bind(const net::Address& address) {
  const SocketAddress from(address, 0);
  const Descriptor probe(socket(from.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!probe) return errno != EAFNOSUPPORT;
  return bind(probe.get(), from.get(), from.size()) == 0;
}

}  // namespace io

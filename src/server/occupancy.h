#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <vector>

#include "src/base/address.h"

namespace server {

/// What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 one, of
/// which everybody with an IPv6 connection has 2^64.
[[nodiscard]] net::Address client_of(const net::Address& address);

/// Who is connected now.
class Occupancy {
 public:
  /// One more connection, by the process that serves it.
  void enter(pid_t pid, const net::Address& address);
  /// That process has ended; false if it serves none.
  bool leave(pid_t pid);

  [[nodiscard]] std::size_t size() const { return clients_.size(); }
  /// The processes that serve them.
  [[nodiscard]] std::vector<pid_t> processes() const;
  /// How many connections the client at this address has.
  [[nodiscard]] std::size_t of(const net::Address& address) const;

 private:
  struct Less {
    bool operator()(const net::Address& a, const net::Address& b) const;
  };
  std::map<pid_t, net::Address> clients_;
  std::map<net::Address, std::size_t, Less> counts_;
};

}  // namespace server

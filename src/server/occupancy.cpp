#include "src/server/occupancy.h"

#include <algorithm>
#include <tuple>

namespace server {

net::Address client_of(const net::Address& address) {
  constexpr std::size_t kPrefixOctets = 8;
  net::Address out = address;
  if (out.family == net::Family::v6) {
    std::fill(out.octets.begin() + kPrefixOctets, out.octets.end(), std::byte{0});
  }
  return out;
}

bool Occupancy::Less::operator()(const net::Address& a, const net::Address& b) const {
  return std::tie(a.family, a.octets, a.scope) < std::tie(b.family, b.octets, b.scope);
}

void Occupancy::enter(pid_t pid, const net::Address& address) {
  const net::Address client = client_of(address);
  clients_[pid] = client;
  ++counts_[client];
}

bool Occupancy::leave(pid_t pid) {
  const auto found = clients_.find(pid);
  if (found == clients_.end()) return false;
  const auto count = counts_.find(found->second);
  if (--count->second == 0) counts_.erase(count);
  clients_.erase(found);
  return true;
}

std::vector<pid_t> Occupancy::processes() const {
  std::vector<pid_t> out;
  out.reserve(clients_.size());
  for (const auto& [pid, client] : clients_) out.push_back(pid);
  return out;
}

std::size_t Occupancy::of(const net::Address& address) const {
  const auto found = counts_.find(client_of(address));
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace server

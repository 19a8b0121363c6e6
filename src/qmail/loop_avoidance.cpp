#include "src/qmail/loop_avoidance.h"

#include <algorithm>

namespace qmail {

GroupUse use_of_group(const Route& route, std::size_t position,
                      std::span<const net::Address> addresses, const IsOwn& is_own) {
  if (route.relayed || std::ranges::none_of(addresses, is_own)) return GroupUse::use;
  return position == 0 ? GroupUse::bounce : GroupUse::stop;
}

std::vector<std::span<const mail::MailHost>> by_preference(
    std::span<const mail::MailHost> hosts) {
  std::vector<std::span<const mail::MailHost>> out;
  for (std::size_t begin = 0; begin < hosts.size();) {
    std::size_t end = begin;
    while (end < hosts.size() && hosts[end].preference == hosts[begin].preference) ++end;
    out.push_back(hosts.subspan(begin, end - begin));
    begin = end;
  }
  return out;
}

}  // namespace qmail

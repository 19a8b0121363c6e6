#include "src/audit/recorded_contact.h"

#include <algorithm>

#include "src/audit/servers.h"

namespace audit {

RecordedContact::RecordedContact(const RecordedFacts& facts) : facts_(facts) {}

void RecordedContact::complain(const std::string& why) {
  if (complaint_) return;
  complaint_ = {base::ErrorKind::permanent, base::Code::bad_evidence, why};
}

const HostSeen* RecordedContact::find(const dns::Name& host) {
  for (const auto& one : facts_.stored.hosts) {
    if (one->name == host) return one.get();
  }
  complain("nothing was written down about the mail host " + host.text());
  return nullptr;
}

io::Task<void> RecordedContact::connect_to_all(
    HostSeen& host, const evidence::Challenger* /*challenger*/) {
  const HostSeen* recorded = find(host.name);
  if (recorded == nullptr) co_return;
  const auto is_of_host = [&](const net::Address& address) {
    return std::ranges::find(host.host.addresses, address) != host.host.addresses.end();
  };
  const bool all_known =
      std::ranges::all_of(recorded->addresses, is_of_host, &AddressSeen::address) &&
      std::ranges::all_of(recorded->no_route, is_of_host) &&
      std::ranges::all_of(recorded->out_of_reach, is_of_host);
  const std::size_t count = recorded->addresses.size() + recorded->no_route.size() +
                            recorded->out_of_reach.size() + recorded->untried;
  if (!all_known || count != host.host.addresses.size()) {
    complain("the addresses that were asked are not those of " + host.name.text());
    co_return;
  }
  host.addresses = recorded->addresses;
  host.no_route = recorded->no_route;
  host.out_of_reach = recorded->out_of_reach;
  host.untried = recorded->untried;
}

io::Task<void> RecordedContact::ask_servers(dns::Name /*apex*/, HostSeen& host) {
  const HostSeen* recorded = find(host.name);
  if (recorded == nullptr) co_return;
  if (!recorded->servers.empty()) put_servers(host, recorded->servers);
  host.servers_out_of_reach = recorded->servers_out_of_reach;
}

io::Task<std::optional<StsSeen>> RecordedContact::fetch_sts_policy(dns::Name /*domain*/) {
  co_return facts_.stored.seen.sts_policy;
}

std::chrono::sys_seconds RecordedContact::moment_of(const dns::Name& host) {
  const auto found = facts_.moments.find(host);
  return found == facts_.moments.end() ? facts_.stored.moment : found->second;
}

}  // namespace audit

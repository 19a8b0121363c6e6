#include "src/audit/live_contact.h"

#include <deque>
#include <utility>

#include "src/audit/addresses.h"
#include "src/audit/probe.h"
#include "src/audit/servers.h"
#include "src/audit/sts.h"
#include "src/audit/together.h"
#include "src/io/interfaces.h"

namespace audit {
namespace {

constexpr std::size_t kAddressesAtOnce = 8;  // of a host

}  // namespace

io::Task<void> LiveContact::connect_to_all(HostSeen& host,
                                           const evidence::Challenger* challenger) {
  const auto& family = common_.settings.family;
  AddressPlan plan = plan_addresses(
      host.host.addresses, common_.settings.reach, [&](const net::Address& address) {
        return (!family || address.family == *family) && io::has_route(address);
      });
  std::vector<AddressSeen> seen(plan.to_try.size());
  HostCost cost;
  std::deque<AddressProbe> probes;
  std::vector<io::Task<void>> tasks;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    seen[i].address = plan.to_try[i];
    probes.emplace_back(loop_, common_, host, cost, seen[i]);
    probes.back().challenge(challenger);
    tasks.push_back(probes.back().run());
  }
  co_await together_at_most(loop_, kAddressesAtOnce, std::move(tasks));
  put_addresses(host, std::move(plan), std::move(seen));
}

io::Task<void> LiveContact::ask_servers(dns::Name apex, HostSeen& host) {
  ServerSurvey servers(loop_, resolver_, common_);
  co_await servers.ask_all(std::move(apex), host);
}

io::Task<std::optional<StsSeen>> LiveContact::fetch_sts_policy(dns::Name domain) {
  co_return co_await audit::fetch_sts_policy(loop_, resolver_, common_,
                                             std::move(domain));
}

YoungResolver LiveContact::made_after(std::chrono::sys_seconds moment) {
  constexpr std::chrono::minutes kYoung{10};
  if (!common_.settings.resolver) return {};
  const auto now = client::wall_clock();
  if (young_.resolver && young_.made > moment && now - young_.made < kYoung) {
    return young_;
  }
  auto fresh = resolver::Resolver::create(loop_, *common_.settings.resolver);
  if (!fresh) return {};
  young_ = {std::move(*fresh), std::make_shared<evidence::ChainBook>(), now};
  return young_;
}

std::chrono::sys_seconds LiveContact::moment_of(const dns::Name& /*host*/) {
  return client::wall_clock();
}

}  // namespace audit

#pragma once

#include "resolver/resolver.h"
#include "src/audit/common.h"

namespace audit {

/// Looks at domains on one loop.
class Survey {
 public:
  Survey(io::Loop& loop, resolver::Resolver& resolver, Common& common)
      : loop_(loop), resolver_(resolver), common_(common) {}

  /// All that the mail of a domain hangs on. What fails is in what was seen.
  [[nodiscard]] io::Task<DomainSeen> domain(dns::Name name);

 private:
  using Zones = std::vector<std::shared_ptr<const ZoneSeen>>;
  using HostPointer = Shared<HostAudit>::Pointer;
  using ZonePointer = Shared<ZoneSeen>::Pointer;

  // A domain.
  io::Task<void> look_at_host(dns::Name name, Probe probe, HostPointer& out);
  io::Task<void> try_hosts_left(DomainSeen& out);
  io::Task<void> look_at_texts(std::string prefix, dns::Name domain,
                               std::optional<std::vector<std::string>>& out);
  io::Task<void> look_at_sts(DomainSeen& out);
  // Its zones.
  io::Task<ZonePointer> make_zone(dns::Name apex);
  io::Task<void> look_at_zones(std::optional<dns::Name> apex, Zones& out);
  // A mail host.
  io::Task<HostPointer> make_host(dns::Name name, Probe probe);
  io::Task<HostSeen> see_host(dns::Name name, Probe probe);
  io::Task<void> see_services(HostSeen& out, Probe probe);
  io::Task<std::optional<dns::Name>> zone_of_addresses(const HostSeen& host);
  io::Task<base::Result<policy::DnsFacts>> find_records(resolver::Host host);
  io::Task<void> look_for_dangling(HostSeen& out);
  io::Task<void> look_at_records(HostSeen& out);
  io::Task<void> connect_to_all(HostSeen& out);

  io::Loop& loop_;
  resolver::Resolver& resolver_;
  Common& common_;
};

}  // namespace audit

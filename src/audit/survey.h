#pragma once

#include "resolver/resolver.h"
#include "src/audit/common.h"
#include "src/audit/contact.h"
#include "src/evidence/chain.h"

namespace audit {

/// Looks at domains on one loop.
class Survey {
 public:
  /// All of them must outlive the survey. The book, of what the resolver says of zones,
  /// may be that of all surveys on the loop.
  Survey(io::Loop& loop, resolver::Resolver& resolver, Common& common,
         std::shared_ptr<Contact> contact,
         std::shared_ptr<evidence::ChainBook> book =
             std::make_shared<evidence::ChainBook>());

  /// All that the mail of a domain hangs on. What fails is in what was seen.
  [[nodiscard]] io::Task<DomainSeen> domain(dns::Name name);

 private:
  using Zones = std::vector<std::shared_ptr<const ZoneSeen>>;
  using HostPointer = Shared<HostAudit>::Pointer;
  using ZonePointer = Shared<ZoneSeen>::Pointer;
  using TrailPointer = std::shared_ptr<evidence::Trail>;

  /// Where to ask, and what is known of zones from there.
  struct Way {
    resolver::Resolver& resolver;
    std::shared_ptr<evidence::ChainBook> book;
  };
  /// A survey of one thing, which asks in some way `through` what leaves its trail.
  Survey(const Survey& whole, const Way& way, resolver::Resolver& through,
         TrailPointer trail);

  // A domain.
  io::Task<DomainSeen> see_domain(dns::Name name);
  io::Task<DomainSeen> see_domain_with_trail(dns::Name name, Way way);
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
  io::Task<HostSeen> see_with_trail(dns::Name name, Probe probe, Way way);
  io::Task<HostAudit> see_again(Probe probe, HostAudit host);
  [[nodiscard]] HostAudit judged(HostSeen seen);
  [[nodiscard]] HostPointer kept(HostAudit host) const;
  io::Task<void> see_services(HostSeen& out, Probe probe);
  io::Task<std::optional<dns::Name>> zone_of_addresses(const HostSeen& host);
  io::Task<base::Result<policy::DnsFacts>> find_records(resolver::Host host);
  io::Task<void> look_for_dangling(HostSeen& out);
  io::Task<void> look_at_records(HostSeen& out);
  io::Task<void> connect_to_all(HostSeen& out);
  // Evidence.
  io::Task<void> complete_trail();
  [[nodiscard]] TrailPointer new_trail() const;

  io::Loop& loop_;
  resolver::Resolver& plain_;     // leaves no trail
  resolver::Resolver& resolver_;  // what a verdict stands on is asked here
  Common& common_;
  std::shared_ptr<Contact> contact_;
  TrailPointer trail_;  // of the one thing that this survey is about
  std::shared_ptr<evidence::ChainBook> book_;
};

}  // namespace audit

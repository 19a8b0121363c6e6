#include "src/client/lookup.h"

namespace client {
namespace {

/// A name that the user gives to an address: secure, for nobody was asked.
resolver::Host named_by_user(const dns::Name& name) {
  resolver::Host host;
  host.original = name;
  host.canonical = name;
  host.security = dns::Security::secure;
  host.base_domains = {name};
  return host;
}

Location location_of(const net::Address& address, const Target& target,
                     const policy::Demand& demand) {
  Location out;
  out.endpoints = {{net::unmapped(address), target.port}};
  out.name = address;
  if (!demand.names.empty()) {
    const auto* name = std::get_if<dns::Name>(&demand.names.front());
    if (name != nullptr) out.host = named_by_user(*name);
  }
  return out;
}

/// The user's own records in place of an RRset. No alias was followed for them, so the
/// base domain (RFC 7671 7), the name of the hello and of the certificate, is the host as
/// the user named it.
void use_pins(const policy::Demand& demand, const Location& location,
              policy::DnsFacts& facts) {
  facts.state = policy::TlsaState::present;
  facts.records = demand.pins;
  facts.are_pins = true;
  if (location.host) facts.names = {location.host->original};
}

/// Whether anybody may have named this host in the domain's place.
bool is_forgeable(const Location& location) {
  return location.referral && location.referral->security != dns::Security::secure;
}

/// The names of a certificate of a host that SRV records name (RFC 7673 4): the host's
/// own first, which is the server name that is sent, then those of the service; these
/// alone where the host may be forged (RFC 9525 6.1).
void add_service_names(const Location& location, policy::DnsFacts& facts) {
  if (!location.referral) return;
  if (is_forgeable(location)) facts.names.clear();
  facts.names.emplace_back(location.referral->domain);
  facts.names.emplace_back(location.referral->service_name);
}

}  // namespace

io::Task<base::Result<Location>> locate(resolver::Resolver& resolver, Target target,
                                        policy::Demand demand) {
  if (const auto* address = std::get_if<net::Address>(&target.host)) {
    co_return location_of(*address, target, demand);
  }
  const auto& name = std::get<dns::Name>(target.host);
  auto host = co_await resolver::find_host(resolver, name, target.families);
  if (!host) co_return tl::unexpected(host.error());
  Location out;
  for (const net::Address& address : host->addresses) {
    out.endpoints.push_back({address, target.port});
  }
  out.name = name;
  out.host = std::move(*host);
  co_return out;
}

io::Task<Lookup> look_up(resolver::Resolver& resolver, Location location,
                         std::uint16_t port, policy::Demand demand) {
  policy::DnsFacts facts;
  facts.names = {location.name};
  if (policy::wants_tlsa(demand.level) && !demand.pins.empty()) {
    use_pins(demand, location, facts);
  } else if (policy::wants_tlsa(demand.level) && is_forgeable(location)) {
    facts.state = policy::TlsaState::insecure_service;
  } else if (policy::wants_tlsa(demand.level) && location.host) {
    auto found = co_await resolver::find_tlsa(resolver, *location.host, port);
    if (!found) co_return Lookup{std::move(facts), tl::unexpected(found.error())};
    facts = std::move(*found);
  }
  add_service_names(location, facts);
  auto requirement = policy::decide(facts, demand);
  co_return Lookup{std::move(facts), std::move(requirement)};
}

}  // namespace client

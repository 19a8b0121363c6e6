#pragma once

#include "resolver/resolver.h"
#include "src/audit/common.h"

namespace audit {

/// Puts what the name servers of a host's zone say about its TLSA records into the host.
/// Where not one answers although the resolver had answers, it is this machine that has
/// no way to them, and nothing is put there. Where all have the records that the resolver
/// was denied, the denial was that of a name above (RFC 8020 2).
void put_servers(HostSeen& host, std::vector<ServerAnswer> answers);

/// Asks the name servers of a zone directly, each at each of its addresses.
class ServerSurvey {
 public:
  ServerSurvey(io::Loop& loop, resolver::Resolver& resolver, Common& common)
      : loop_(loop), resolver_(resolver), common_(common) {}

  /// Asks those of the zone with this apex for the TLSA records of a host.
  [[nodiscard]] io::Task<void> ask_all(dns::Name apex, HostSeen& out);

 private:
  struct Server {
    dns::Name name;
    net::Address address;
  };

  io::Task<void> find_addresses(dns::Name name, std::vector<Server>& out);
  io::Task<std::vector<Server>> find_servers(dns::Name apex);
  io::Task<std::optional<ServerAnswer>> ask(Server server, dns::Name question);

  io::Loop& loop_;
  resolver::Resolver& resolver_;
  Common& common_;
};

}  // namespace audit

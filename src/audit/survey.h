#pragma once

#include "src/audit/facts.h"
#include "src/audit/limits.h"
#include "src/audit/shared.h"
#include "src/audit/slow.h"

namespace audit {

/// Which mail hosts are connected to.
enum class Probe {
  none,  ///< the DNS alone
  dane,  ///< those with TLSA records
  all,
};

/// Which addresses are connected to and asked.
enum class Reach {
  everywhere,
  public_only,  ///< those of the Internet: whoever may name a domain learns of no other
};

/// How a survey is made.
struct SurveySettings {
  mail::Ways ways;
  Probe probe = Probe::dane;
  Reach reach = Reach::everywhere;
  /// Also what decides no grade, or only a careful one: the keys of the zones, the
  /// records of MTA-STS and TLSRPT, what each name server says, what is shown without SNI
  /// and by another kind of key.
  bool thorough = true;
  /// Of an address that refuses for now or breaks a handshake off, and of a look-up of
  /// TLSA records that fails.
  unsigned retries = 1;
  std::chrono::seconds retry_wait{20};  ///< before each, and up to half as much again
  /// For MTA-STS policies, and for what they demand of mail hosts; without it none is
  /// fetched. It outlives the survey.
  const verify::Roots* sts_roots = nullptr;
};

/// What all conversations on all loops share. It outlives the loops.
struct Common {
  explicit Common(SurveySettings how, LimitSettings limit_settings);

  SurveySettings settings;
  Limits limits;
  SlowEndpoints slow;
  Shared<HostFacts> hosts;
  Shared<ZoneFacts> zones;
};

/// Whether an address is left alone by these settings.
[[nodiscard]] bool is_out_of_reach(const SurveySettings& settings,
                                   const net::Address& address);

/// Looks at domains on one loop.
class Survey {
 public:
  Survey(io::Loop& loop, resolver::Resolver& resolver, Common& common)
      : loop_(loop), resolver_(resolver), common_(common) {}

  /// All that the mail of a domain hangs on. What fails is in the facts.
  [[nodiscard]] io::Task<DomainFacts> domain(dns::Name name);

 private:
  using Zones = std::vector<std::shared_ptr<const ZoneFacts>>;
  using HostPointer = Shared<HostFacts>::Pointer;
  using ZonePointer = Shared<ZoneFacts>::Pointer;
  struct Server {
    dns::Name name;
    net::Address address;
  };

  io::Task<HostPointer> make_host(dns::Name name, Probe probe);
  io::Task<ZonePointer> make_zone(dns::Name apex);
  io::Task<void> get_host(dns::Name name, Probe probe, HostPointer& out);
  io::Task<void> try_ways_left(DomainFacts& out);
  io::Task<void> get_zones(std::optional<dns::Name> apex, Zones& out);
  io::Task<void> get_texts(std::string prefix, dns::Name domain,
                           std::optional<std::vector<std::string>>& out);
  io::Task<void> get_sts(DomainFacts& out);
  io::Task<void> look_for_dangling(HostFacts& out);
  io::Task<void> look_at_records(HostFacts& out);
  io::Task<std::optional<dns::Name>> zone_of_addresses(const HostFacts& host);
  io::Task<base::Result<policy::DnsFacts>> find_records(resolver::Host host);
  io::Task<void> get_servers(dns::Name name, std::vector<Server>& out);
  io::Task<std::vector<Server>> servers_of(dns::Name apex);
  io::Task<std::optional<ServerAnswer>> ask_server(Server server, dns::Name question);
  io::Task<void> ask_servers(dns::Name apex, HostFacts& out);
  io::Task<void> connect_to_all(HostFacts& out);

  io::Loop& loop_;
  resolver::Resolver& resolver_;
  Common& common_;
};

}  // namespace audit

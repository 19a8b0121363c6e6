#include "src/audit/survey.h"

#include <algorithm>
#include <functional>

#include "resolver/direct.h"
#include "src/audit/judge.h"
#include "src/audit/pause.h"
#include "src/audit/probe.h"
#include "src/audit/sts.h"
#include "src/audit/together.h"
#include "src/base/special_address.h"
#include "src/io/interfaces.h"
#include "src/mail/domain_records.h"

namespace audit {
namespace {

namespace record = resolver::record;

constexpr std::uint16_t kSmtp = 25;
constexpr std::size_t kMostAddresses = 64;  // of a host, connected to; as a sender does
constexpr std::size_t kMostServerNames = 16;
constexpr std::size_t kMostServers = 16;  // addresses of name servers, asked directly
constexpr std::size_t kMostHosts = 200'000;
constexpr std::size_t kMostZones = 200'000;
constexpr std::size_t kMiB = std::size_t{1024} * 1024;
constexpr std::size_t kMostHostOctets = 512 * kMiB;
constexpr std::size_t kMostZoneOctets = 256 * kMiB;
constexpr std::size_t kHostsAtOnce = 16;     // of a domain
constexpr std::size_t kAddressesAtOnce = 8;  // of a host
constexpr std::chrono::seconds kServerLimit{10};
constexpr std::chrono::seconds kServersLimit{60};  // for all of a zone

/// What qmail-remote demands unless it is told otherwise (RFC 7672 2.2).
policy::Demand usual_demand() {
  policy::Demand out;
  out.service = policy::Service::smtp;
  out.without_tlsa = policy::WithoutTlsa::opportunistic;
  return out;
}

bool is_below_top_level(const dns::Name& name) { return name.labels().size() > 1; }

}  // namespace

Common::Common(SurveySettings how, LimitSettings limit_settings)
    : settings(std::move(how)),
      limits(limit_settings),
      slow(settings.ways.remote_limit),
      hosts(kMostHosts, kMostHostOctets, octets_of),
      zones(kMostZones, kMostZoneOctets, octets_of) {}

bool is_out_of_reach(const SurveySettings& settings, const net::Address& address) {
  return settings.reach == Reach::public_only && !net::is_public(address);
}

// --- the domain

io::Task<void> Survey::get_host(dns::Name name, Probe probe, HostPointer& out) {
  const std::function<io::Task<HostPointer>()> make = [this, name, probe] {
    return make_host(name, probe);
  };
  const bool usual = probe == common_.settings.probe;
  out =
      co_await common_.hosts.get(loop_, name.text() + (usual ? "" : " connected"), make);
}

/// A host without records counts as a way in although nobody connects to it; where there
/// is no other one, it has to be seen whether it is.
io::Task<void> Survey::try_ways_left(DomainFacts& out) {
  // Of one host alone it cannot be that it is refused and another is left.
  if (common_.settings.probe != Probe::dane || out.hosts.size() < 2) co_return;
  const Result result = judge_domain(out, client::wall_clock());
  std::vector<io::Task<void>> tasks;
  bool any_refused = false;
  for (std::size_t i = 0; i < out.hosts.size(); ++i) {
    const Access access = result.hosts[i].access;
    if (access < Access::open) co_return;
    any_refused = any_refused || access == Access::refused;
    if (access != Access::open) continue;
    tasks.push_back(get_host(out.hosts[i]->name, Probe::all, out.hosts[i]));
  }
  if (any_refused) co_await together_at_most(loop_, kHostsAtOnce, std::move(tasks));
}

io::Task<void> Survey::get_texts(std::string prefix, dns::Name domain,
                                 std::optional<std::vector<std::string>>& out) {
  const auto owner = dns::Name::parse(prefix + "." + domain.text());
  if (!owner) co_return;
  auto answer = co_await resolver_.look_up<record::Txt>(*owner);
  if (answer) out = std::move(answer->records);
}

io::Task<void> Survey::get_sts(DomainFacts& out) {
  co_await get_texts("_mta-sts", out.domain, out.sts);
  const bool announced = out.sts && mail::sts_id(*out.sts);
  if (common_.settings.sts_roots == nullptr || !announced) co_return;
  out.sts_policy = co_await fetch_sts_policy(loop_, resolver_, common_, out.domain);
}

io::Task<DomainFacts> Survey::domain(dns::Name name) {
  DomainFacts out;
  out.domain = name;
  const mail::Shuffle by_name = [](std::vector<mail::MailHost>& same) {
    std::ranges::sort(same, {}, &mail::MailHost::name);
  };
  auto mx = co_await mail::find_mail_hosts(resolver_, name, by_name);
  if (!mx) {
    out.error = mx.error();
    co_return out;
  }
  out.mx = std::move(*mx);
  std::optional<dns::Name> apex;
  if (out.mx.signature) apex = out.mx.signature->signer;
  std::vector<std::shared_ptr<const HostFacts>> hosts(out.mx.hosts.size());
  std::vector<io::Task<void>> looks, tasks;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    looks.push_back(get_host(out.mx.hosts[i].name, common_.settings.probe, hosts[i]));
  }
  tasks.push_back(together_at_most(loop_, kHostsAtOnce, std::move(looks)));
  if (common_.settings.thorough) {
    tasks.push_back(get_sts(out));
    tasks.push_back(get_texts("_smtp._tls", name, out.tlsrpt));
    tasks.push_back(get_zones(apex, out.zones));
  }
  co_await together(loop_, std::move(tasks));
  out.hosts = std::move(hosts);
  co_await try_ways_left(out);
  co_return out;
}

// --- zones

io::Task<Survey::ZonePointer> Survey::make_zone(dns::Name apex) {
  auto out = std::make_shared<ZoneFacts>();
  out->apex = apex;
  const auto keys = co_await resolver_.look_up<record::Dnskey>(apex);
  if (keys) out->keys = keys->records;
  const auto ds = co_await resolver_.look_up<record::Ds>(apex);
  if (ds) {
    out->ds = ds->records;
    if (ds->signature) out->parent = ds->signature->signer;
  }
  const auto nsec3 = co_await resolver_.look_up<record::Nsec3Param>(apex);
  if (nsec3 && !nsec3->records.empty()) out->nsec3 = nsec3->records.front();
  co_return out;
}

io::Task<void> Survey::get_zones(std::optional<dns::Name> apex, Zones& out) {
  constexpr std::size_t kMostSteps = 8;
  for (std::size_t step = 0; apex && step < kMostSteps; ++step) {
    if (!is_below_top_level(*apex)) co_return;
    const dns::Name zone = *apex;
    const std::function<io::Task<ZonePointer>()> make = [this, zone] {
      return make_zone(zone);
    };
    auto facts = co_await common_.zones.get(loop_, zone.text(), make);
    apex = facts->parent;
    out.push_back(std::move(facts));
  }
}

// --- a mail host

io::Task<std::optional<dns::Name>> Survey::zone_of_addresses(const HostFacts& host) {
  std::optional<dns::Name> doubtful;  // what an insecure answer says
  for (const auto family : {net::Family::v4, net::Family::v6}) {
    const auto answer = co_await resolver_.addresses(host.name, family);
    if (!answer || !answer->signature) continue;
    if (answer->security == dns::Security::secure) co_return answer->signature->signer;
    doubtful = answer->signature->signer;
  }
  co_return doubtful;
}

/// Whether it is an alias that leads to no TLSA records, at any name where they might be.
io::Task<void> Survey::look_for_dangling(HostFacts& out) {
  for (const dns::Name& base : out.host.base_domains) {
    const auto owner = base.tlsa_owner(kSmtp, "tcp");
    if (!owner) continue;
    const auto answer =
        co_await resolver_.look_up<record::Tlsa>(*owner);  // from the cache
    const bool is_none = answer && answer->existence != dns::Existence::found;
    if (!is_none || answer->aliases.empty()) continue;
    out.tlsa.owner = *owner;
    out.dangling = answer->canonical;
    co_return;
  }
}

/// What there is to say about a TLSA answer beside its records.
io::Task<void> Survey::look_at_records(HostFacts& out) {
  const auto answer =
      co_await resolver_.look_up<record::Tlsa>(out.tlsa.owner);  // from the cache
  if (answer) {
    out.denied = answer->existence != dns::Existence::found;
    out.records_at = answer->canonical;
    out.signature = answer->signature;
    out.octets = answer->octets;
  }
  if (out.tlsa.state != policy::TlsaState::present) co_return;
  const auto above = dns::Name::parse("_tcp." + out.name.text());
  if (!above || out.tlsa.owner.text() != "_25." + above->text()) co_return;
  const auto parent = co_await resolver_.look_up<record::Txt>(*above);
  out.parent_denied = parent && parent->existence == dns::Existence::no_name;
}

io::Task<void> Survey::get_servers(dns::Name name, std::vector<Server>& out) {
  for (const auto family : {net::Family::v4, net::Family::v6}) {
    const auto addresses = co_await resolver_.addresses(name, family);
    if (!addresses) continue;
    for (const net::Address& address : addresses->records) {
      if (out.size() == kMostServers) co_return;
      if (io::has_route(address)) out.push_back({name, address});
    }
  }
}

io::Task<std::vector<Survey::Server>> Survey::servers_of(dns::Name apex) {
  std::vector<Server> out;
  const auto names = co_await resolver_.look_up<record::Ns>(apex);
  if (!names) co_return out;
  std::vector<std::vector<Server>> found(
      std::min(names->records.size(), kMostServerNames));
  std::vector<io::Task<void>> tasks;
  for (std::size_t i = 0; i < found.size(); ++i) {
    tasks.push_back(get_servers(names->records[i], found[i]));
  }
  co_await together(loop_, std::move(tasks));
  for (const auto& servers : found) {
    out.insert(out.end(), servers.begin(), servers.end());
  }
  if (out.size() > kMostServers) out.resize(kMostServers);
  co_return out;
}

/// What the server says by UDP, and, about records that are there, whether it does by
/// TCP; nothing if this machine has no means left to ask.
io::Task<std::optional<ServerAnswer>> Survey::ask_server(Server server,
                                                         dns::Name question) {
  using resolver::Transport;
  using resolver::Type;
  ServerAnswer out;
  out.server = subject_of(server.name, server.address);
  auto deadline = io::Clock::now() + kServerLimit;
  const auto raw = co_await resolver::ask_server(loop_, server.address, question,
                                                 Type::tlsa, Transport::udp, deadline);
  if (!raw) {
    if (raw.error().code == base::Code::local) co_return std::nullopt;
    out.error = raw.error();
    co_return out;
  }
  out.rcode = raw->rcode;
  const auto answer = resolver::decode<record::Tlsa>(question, *raw);
  if (answer) {
    out.records = answer->records;
    out.signature = answer->signature;
  }
  if (out.records.empty()) co_return out;
  std::ranges::sort(out.records, {},
                    [](const dns::Tlsa& record) { return dns::to_text(record); });
  constexpr int kTries = 2;  // one may be lost where very many are asked at once
  out.tcp = false;
  for (int i = 0; i < kTries && !out.tcp; ++i) {
    deadline = io::Clock::now() + kServerLimit;
    const auto again = co_await resolver::ask_server(
        loop_, server.address, question, Type::tlsa, Transport::tcp, deadline);
    out.tcp = again.has_value() || again.error().code == base::Code::local;
  }
  co_return out;
}

io::Task<void> Survey::ask_servers(dns::Name apex, HostFacts& out) {
  const dns::Name& base =
      out.host.base_domains.empty() ? out.name : out.host.base_domains.front();
  const auto owner = base.tlsa_owner(kSmtp, "tcp");
  if (!owner) co_return;
  const dns::Name question = out.records_at.text().empty() ? *owner : out.records_at;
  const auto deadline = io::Clock::now() + kServersLimit;
  const auto servers = co_await servers_of(apex);
  std::vector<ServerAnswer> answers;
  for (const Server& server : servers) {
    if (is_out_of_reach(common_.settings, server.address)) {
      out.servers_out_of_reach.push_back(subject_of(server.name, server.address));
      continue;
    }
    if (io::Clock::now() >= deadline) break;
    co_await common_.limits.take_turn(loop_);
    auto answer = co_await ask_server(server, question);
    if (answer) answers.push_back(std::move(*answer));
  }
  // Where not one answers although the resolver had answers, it is this machine that has
  // no way to them.
  const bool any = std::ranges::any_of(
      answers, [](const ServerAnswer& one) { return !one.error.has_value(); });
  if (!any && !out.tlsa_error) co_return;
  // A resolver that takes the denial of `_tcp.` for one of all below it (RFC 8020) finds
  // no records although every name server has them.
  const bool all_have = std::ranges::none_of(answers, [](const ServerAnswer& one) {
    return !one.error && (one.records.empty() || !one.signature);
  });
  if (all_have && out.tlsa.state == policy::TlsaState::absent) out.parent_denied = true;
  out.servers = std::move(answers);
}

io::Task<void> Survey::connect_to_all(HostFacts& out) {
  for (const net::Address& address : out.host.addresses) {
    if (is_out_of_reach(common_.settings, address)) {
      out.out_of_reach.push_back(address);
    } else if (!io::has_route(address)) {
      out.no_route.push_back(address);
    } else if (out.addresses.size() < kMostAddresses) {
      AddressFacts one;
      one.address = address;
      out.addresses.push_back(std::move(one));
    } else {
      ++out.untried;
    }
  }
  io::Duration busy{0};
  std::vector<io::Task<void>> tasks;
  for (AddressFacts& address : out.addresses) {
    tasks.push_back(probe_address(loop_, common_, {out, busy}, address));
  }
  co_await together_at_most(loop_, kAddressesAtOnce, std::move(tasks));
  std::erase_if(out.addresses, [&](const AddressFacts& address) {
    if (!address.error) return false;
    const base::Code code = address.error->code;
    if (code == base::Code::local) out.no_route.push_back(address.address);
    if (code == base::Code::too_much) ++out.untried;
    return code == base::Code::local || code == base::Code::too_much;
  });
}

/// A look-up that fails breaks the host for all its domains: it is made again before it
/// counts. What validation says is for good.
io::Task<base::Result<policy::DnsFacts>> Survey::find_records(resolver::Host host) {
  for (unsigned left = common_.settings.retries;; --left) {
    auto found = co_await resolver::find_tlsa(resolver_, host, kSmtp);
    if (found || left == 0 || found.error().code == base::Code::bogus) co_return found;
    co_await wait_politely(loop_, common_.settings.retry_wait);
  }
}

io::Task<Survey::HostPointer> Survey::make_host(dns::Name name, Probe probe) {
  auto out = std::make_shared<HostFacts>();
  out->name = name;
  auto host = co_await resolver::find_host(resolver_, name, resolver::Families::both);
  if (!host) {
    out->error = host.error();
    judge_host(*out, client::wall_clock());
    co_return out;
  }
  out->host = std::move(*host);
  for (const auto family : {net::Family::v4, net::Family::v6}) {
    const auto answer = co_await resolver_.addresses(name, family);  // from the cache
    if (!answer) out->family_error = answer.error();
  }
  auto tlsa = co_await find_records(out->host);
  if (tlsa) {
    out->tlsa = std::move(*tlsa);
    if (auto requirement = policy::decide(out->tlsa, usual_demand())) {
      out->requirement = std::move(*requirement);
    }
  } else {
    out->tlsa_error = tlsa.error();
  }
  const bool present = out->tlsa.state == policy::TlsaState::present;
  if (present || out->tlsa.state == policy::TlsaState::insecure) {
    co_await look_at_records(*out);
  }
  if (!present && !out->tlsa_error) co_await look_for_dangling(*out);
  std::optional<dns::Name> apex;
  if (out->signature) apex = out->signature->signer;
  const auto of_addresses = co_await zone_of_addresses(*out);
  if (!apex) apex = of_addresses;
  std::vector<io::Task<void>> tasks;
  if (common_.settings.thorough) {
    tasks.push_back(get_zones(apex, out->zones));
    if (of_addresses != apex) tasks.push_back(get_zones(of_addresses, out->zones));
    const bool absent = out->tlsa.state == policy::TlsaState::absent;
    if (apex && (present || absent || out->tlsa_error)) {
      tasks.push_back(ask_servers(*apex, *out));
    }
  }
  const bool wanted = probe == Probe::all || (probe == Probe::dane && present);
  if (wanted && !out->tlsa_error) tasks.push_back(connect_to_all(*out));
  co_await together(loop_, std::move(tasks));
  const auto now = client::wall_clock();
  judge_host(*out, now);
  if (common_.settings.sts_roots != nullptr) {
    judge_by_pkix(*out, *common_.settings.sts_roots, now);
  }
  for (AddressFacts& address : out->addresses) address.other_chains.clear();
  co_return out;
}

}  // namespace audit

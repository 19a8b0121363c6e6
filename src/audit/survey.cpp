#include "src/audit/survey.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "src/audit/access.h"
#include "src/audit/judge.h"
#include "src/audit/next_question.h"
#include "src/audit/pause.h"
#include "src/audit/together.h"
#include "src/evidence/again.h"
#include "src/mail/domain_records.h"

namespace audit {
namespace {

namespace record = resolver::record;

constexpr std::uint16_t kSmtp = 25;
constexpr std::size_t kHostsAtOnce = 16;  // of a domain
constexpr int kMostLooks = 2;             // past caches, at what is accused

/// Whether whoever hears of the audit hears something bad of the domain that old records
/// might be to blame for.
bool is_accused(const DomainSeen& domain) {
  if (domain.error && domain.error->code == base::Code::bogus) return true;
  return std::ranges::any_of(domain.hosts,
                             [](const auto& host) { return turns_away(*host); });
}

/// When the last of its hosts was judged, behind its handshakes.
std::chrono::sys_seconds last_look_at(const DomainSeen& domain) {
  std::chrono::sys_seconds out{};
  for (const auto& host : domain.hosts) out = std::max(out, host->moment);
  return out;
}

bool is_below_top_level(const dns::Name& name) { return name.labels().size() > 1; }

}  // namespace

Survey::Survey(io::Loop& loop, resolver::Resolver& resolver, Common& common,
               std::shared_ptr<Contact> contact,
               std::shared_ptr<evidence::ChainBook> book)
    : loop_(loop),
      plain_(resolver),
      resolver_(resolver),
      common_(common),
      contact_(std::move(contact)),
      book_(std::move(book)) {}

Survey::Survey(const Survey& whole, const Way& way, resolver::Resolver& through,
               TrailPointer trail)
    : loop_(whole.loop_),
      plain_(way.resolver),
      resolver_(through),
      common_(whole.common_),
      contact_(whole.contact_),
      trail_(std::move(trail)),
      book_(way.book) {}

// --- evidence

Survey::TrailPointer Survey::new_trail() const {
  return common_.settings.evidence ? std::make_shared<evidence::Trail>() : nullptr;
}

/// Adds what proves the answers so far.
io::Task<void> Survey::complete_trail() {
  if (trail_) co_await evidence::complete(*trail_, plain_.source(), *book_);
}

// --- the domain

io::Task<void> Survey::look_at_host(dns::Name name, Probe probe, HostPointer& out) {
  const std::function<io::Task<HostPointer>()> make = [this, name, probe] {
    return make_host(name, probe);
  };
  const bool usual = probe == common_.settings.probe;
  out =
      co_await common_.hosts.get(loop_, name.text() + (usual ? "" : " connected"), make);
}

/// Connects to the hosts that the others leave as the only way in.
io::Task<void> Survey::try_hosts_left(DomainSeen& out) {
  std::vector<io::Task<void>> tasks;
  const auto left =
      hosts_left_to_try(out, common_.settings.probe, contact_->moment_of(out.domain));
  for (const std::size_t i : left) {
    tasks.push_back(look_at_host(out.hosts[i]->seen.name, Probe::all, out.hosts[i]));
  }
  co_await together_at_most(loop_, kHostsAtOnce, std::move(tasks));
}

io::Task<void> Survey::look_at_texts(std::string prefix, dns::Name domain,
                                     std::optional<std::vector<std::string>>& out) {
  const auto owner = dns::Name::parse(prefix + "." + domain.text());
  if (!owner) co_return;
  auto answer = co_await resolver_.look_up<record::Txt>(*owner);
  if (answer) out = std::move(answer->records);
}

io::Task<void> Survey::look_at_sts(DomainSeen& out) {
  co_await look_at_texts("_mta-sts", out.domain, out.sts);
  const bool announced = out.sts && mail::sts_id(*out.sts);
  if (common_.settings.sts_roots == nullptr || !announced) co_return;
  out.sts_policy = co_await contact_->fetch_sts_policy(out.domain);
}

io::Task<DomainSeen> Survey::see_domain_with_trail(dns::Name name, Way way) {
  const TrailPointer trail = new_trail();
  resolver::Resolver through(
      std::make_unique<evidence::TrailSource>(way.resolver.source(), *trail));
  Survey inner(*this, way, through, trail);
  DomainSeen out = co_await inner.see_domain(std::move(name));
  co_await inner.complete_trail();
  out.trail = trail;
  co_return out;
}

/// A cache may have kept MX records that lead to a host which the domain has left since.
/// So those of an accused domain are asked for once more behind the handshakes, past
/// caches; if they have changed, the domain is looked at again by what they are now.
io::Task<DomainSeen> Survey::domain(dns::Name name) {
  if (!common_.settings.evidence) co_return co_await see_domain(std::move(name));
  const Way usual{plain_, book_};
  DomainSeen out = co_await see_domain_with_trail(name, usual);
  for (int i = 0; i < kMostLooks && is_accused(out); ++i) {
    const YoungResolver young = contact_->made_after(last_look_at(out));
    if (!young.resolver) co_return out;
    const auto after = co_await evidence::ask_again(*out.trail, young.resolver->source());
    if (!after && !out.error) co_return out;
    if (after && evidence::unchanged(*out.trail, *after)) {
      out.again = {{young.made, after}};
      co_return out;
    }
    const Way way{*young.resolver, young.book};
    out = co_await see_domain_with_trail(name, way);
  }
  co_return out;
}

io::Task<DomainSeen> Survey::see_domain(dns::Name name) {
  DomainSeen out;
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
  std::vector<std::shared_ptr<const HostAudit>> hosts(out.mx.hosts.size());
  std::vector<io::Task<void>> looks, tasks;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    looks.push_back(look_at_host(out.mx.hosts[i].name, common_.settings.probe, hosts[i]));
  }
  tasks.push_back(together_at_most(loop_, kHostsAtOnce, std::move(looks)));
  if (common_.settings.thorough) {
    tasks.push_back(look_at_sts(out));
    tasks.push_back(look_at_texts("_smtp._tls", name, out.tlsrpt));
    tasks.push_back(look_at_zones(apex, out.zones));
  }
  co_await together(loop_, std::move(tasks));
  out.hosts = std::move(hosts);
  co_await try_hosts_left(out);
  co_return out;
}

// --- zones

io::Task<Survey::ZonePointer> Survey::make_zone(dns::Name apex) {
  auto out = std::make_shared<ZoneSeen>();
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

io::Task<void> Survey::look_at_zones(std::optional<dns::Name> apex, Zones& out) {
  constexpr std::size_t kMostSteps = 8;
  for (std::size_t step = 0; apex && step < kMostSteps; ++step) {
    if (!is_below_top_level(*apex)) co_return;
    const dns::Name zone = *apex;
    const std::function<io::Task<ZonePointer>()> make = [this, zone] {
      return make_zone(zone);
    };
    // A trail has the zone's own answers too, whoever asked for them first.
    ZonePointer facts;
    if (trail_) {
      facts = co_await make_zone(zone);
    } else {
      facts = co_await common_.zones.get(loop_, zone.text(), make);
    }
    apex = facts->parent;
    out.push_back(std::move(facts));
  }
}

// --- a mail host

io::Task<std::optional<dns::Name>> Survey::zone_of_addresses(const HostSeen& host) {
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
io::Task<void> Survey::look_for_dangling(HostSeen& out) {
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
io::Task<void> Survey::look_at_records(HostSeen& out) {
  const auto answer =
      co_await resolver_.look_up<record::Tlsa>(out.tlsa.owner);  // from the cache
  if (answer) {
    out.denied = answer->existence != dns::Existence::found;
    out.records_at = answer->canonical;
    out.signature = answer->signature;
    out.octets = answer->octets;
  }
  if (!has_secure_records(out)) co_return;
  const auto above = dns::Name::parse("_tcp." + out.name.text());
  if (!above || out.tlsa.owner.text() != "_25." + above->text()) co_return;
  const auto parent = co_await resolver_.look_up<record::Txt>(*above);
  out.parent_denied = parent && parent->existence == dns::Existence::no_name;
}

/// With evidence, the peer signs behind all answers that were there before it.
io::Task<void> Survey::connect_to_all(HostSeen& out) {
  if (!trail_) co_return co_await contact_->connect_to_all(out, nullptr);
  co_await complete_trail();
  out.committed = std::make_shared<const evidence::Trail>(*trail_);
  const auto challenger =
      evidence::challenger_for(*out.committed, common_.settings.previous_checkpoint);
  co_await contact_->connect_to_all(out, &challenger);
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

/// What is asked of others than the resolver: zones, name servers, the addresses.
io::Task<void> Survey::see_services(HostSeen& out, Probe probe) {
  const bool present = has_secure_records(out);
  std::optional<dns::Name> apex;
  if (out.signature) apex = out.signature->signer;
  const auto of_addresses = co_await zone_of_addresses(out);
  if (!apex) apex = of_addresses;
  std::vector<io::Task<void>> tasks;
  // Whichever comes first, what is said of them has one order: a replay says it again.
  Zones more_zones;
  if (common_.settings.thorough) {
    tasks.push_back(look_at_zones(apex, out.zones));
    if (of_addresses != apex) tasks.push_back(look_at_zones(of_addresses, more_zones));
    const bool absent = out.tlsa.state == policy::TlsaState::absent;
    if (apex && (present || absent || out.tlsa_error)) {
      tasks.push_back(contact_->ask_servers(*apex, out));
    }
  }
  const bool wanted = probe == Probe::all || (probe == Probe::dane && present);
  if (wanted && !out.tlsa_error) tasks.push_back(connect_to_all(out));
  co_await together(loop_, std::move(tasks));
  std::ranges::move(more_zones, std::back_inserter(out.zones));
}

io::Task<HostSeen> Survey::see_host(dns::Name name, Probe probe) {
  HostSeen out;
  out.name = name;
  auto host = co_await resolver::find_host(resolver_, name, resolver::Families::both);
  if (!host) {
    out.error = host.error();
    co_return out;
  }
  out.host = std::move(*host);
  for (const auto family : {net::Family::v4, net::Family::v6}) {
    const auto answer = co_await resolver_.addresses(name, family);  // from the cache
    if (!answer) out.family_error = answer.error();
  }
  auto tlsa = co_await find_records(out.host);
  if (tlsa) {
    out.tlsa = std::move(*tlsa);
  } else {
    out.tlsa_error = tlsa.error();
  }
  const bool present = has_secure_records(out);
  if (present || out.tlsa.state == policy::TlsaState::insecure) {
    co_await look_at_records(out);
  }
  if (!present && !out.tlsa_error) co_await look_for_dangling(out);
  co_await see_services(out, probe);
  co_return out;
}

// --- evidence of a host

io::Task<HostSeen> Survey::see_with_trail(dns::Name name, Probe probe, Way way) {
  const TrailPointer trail = new_trail();
  resolver::Resolver through(
      std::make_unique<evidence::TrailSource>(way.resolver.source(), *trail));
  Survey inner(*this, way, through, trail);
  HostSeen out = co_await inner.see_host(name, probe);
  co_await inner.complete_trail();
  out.trail = trail;
  co_return out;
}

HostAudit Survey::judged(HostSeen seen) {
  const auto moment = contact_->moment_of(seen.name);
  HostJudged judged = judge(seen, moment, common_.settings.sts_roots);
  return {std::move(seen), std::move(judged), moment};
}

/// A cache may have kept records that their owner has replaced since, together with the
/// key. So a host that is accused is looked at once more by a resolver that is young;
/// what that shows is what is judged. If then its records change while it is looked at,
/// it is looked at a last time.
io::Task<HostAudit> Survey::see_again(Probe probe, HostAudit host) {
  const dns::Name name = host.seen.name;
  std::chrono::sys_seconds last_look{};
  for (int i = 0; i < kMostLooks && turns_away(host); ++i) {
    const YoungResolver before = contact_->made_after(last_look);
    if (!before.resolver) co_return host;
    const Way way{*before.resolver, before.book};
    HostSeen seen = co_await see_with_trail(name, probe, way);
    host = judged(std::move(seen));
    if (!turns_away(host)) co_return host;
    last_look = host.moment;
    const YoungResolver behind = contact_->made_after(last_look);
    if (!behind.resolver) co_return host;
    const evidence::Trail& asked = *host.seen.trail;
    const auto after = co_await evidence::ask_again(asked, behind.resolver->source());
    if (!after) co_return host;
    const auto first = evidence::unchanged(asked, *after);
    if (!first) continue;
    host.seen.again = {{before.made, first}, {behind.made, after}};
    co_return host;
  }
  co_return host;
}

Survey::HostPointer Survey::kept(HostAudit host) const {
  if (common_.settings.keep == Keep::usual) {
    host.seen = without_other_conversations(std::move(host.seen));
  }
  return std::make_shared<const HostAudit>(std::move(host));
}

/// A host as it was seen, judged; from here on nothing of it changes.
io::Task<Survey::HostPointer> Survey::make_host(dns::Name name, Probe probe) {
  if (!common_.settings.evidence) {
    HostSeen seen = co_await see_host(name, probe);
    co_return kept(judged(std::move(seen)));
  }
  const Way usual{plain_, book_};
  HostSeen seen = co_await see_with_trail(name, probe, usual);
  HostAudit host = judged(std::move(seen));
  host = co_await see_again(probe, std::move(host));
  co_return kept(std::move(host));
}

}  // namespace audit

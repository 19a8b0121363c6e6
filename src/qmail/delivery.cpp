#include "src/qmail/delivery.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <memory>
#include <set>

#include "resolver/way.h"
#include "src/client/trust_store.h"
#include "src/io/interfaces.h"
#include "src/io/landlock.h"
#include "src/io/work_limit.h"
#include "src/mail/mail_hosts.h"
#include "src/qmail/attempt.h"
#include "src/qmail/destination.h"
#include "src/qmail/entries.h"
#include "src/qmail/failures.h"
#include "src/qmail/ledger.h"
#include "src/qmail/message.h"
#include "src/qmail/own_addresses.h"
#include "src/qmail/policies.h"
#include "src/qmail/sessions.h"
#include "src/qmail/settings.h"
#include "src/qmail/unhonoured.h"

namespace qmail {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::uint16_t kSmtp = 25;
constexpr std::uint16_t kSubmissions = 465;  // TLS from the first octet (RFC 8314 3.3)
constexpr std::size_t kMostAddresses = 64;   // tried of one host
constexpr std::size_t kMostTried = 256;      // for one message
// A server that is slow to greet is waited for where there is no other (RFC 5321
// 4.5.3.2.1).
constexpr std::chrono::seconds kGreeting{60}, kLastGreeting{300};

class Delivery {
 public:
  Delivery(const std::string& home, const Job& job)
      : job_(job),
        home_(home),
        domain_(domain_key(job.host)),
        control_(home + "/control"),
        ledger_(home + "/queue/lock/deadhosts", home + "/queue/tlsrpt"),
        loop_(1) {}

  Report run();
  /// Writes down what other processes want to know.
  void write_ledger() { ledger_.write(); }
  [[nodiscard]] std::string ledger_trouble() const { return ledger_.trouble(); }

 private:
  Result<void> prepare();
  io::Task<Report> converse();
  io::Task<std::optional<Report>> try_host(const mail::MailHost& host, const Route& route,
                                           const std::vector<net::Address>& addresses,
                                           const resolver::Host* found, bool last);
  io::Task<Result<policy::DnsFacts>> facts_of(const resolver::Host* found,
                                              const MailPolicy& policy,
                                              std::uint16_t port);
  io::Task<std::optional<Report>> try_group(std::span<const mail::MailHost> group,
                                            const Route& route, bool last, bool& loops);
  Result<mail::Peer> peer_of(const Route& route, const MailPolicy& policy,
                             policy::DnsFacts facts);
  Result<const verify::Roots*> roots_of(const std::string& path);
  void add_failure(const std::string& host, const base::Error& error, Stage stage);
  TlsEvent event_of(const std::string& host) const;
  void keep(const std::string& host, const mail::Peer& peer, const AttemptResult& result);
  void keep(const std::string& host, const MailPolicy& policy, std::uint16_t port,
            const base::Error& error);
  void keep_unfound(const std::string& host, const Route& route,
                    const base::Error& error);

  void confine() const;

  const Job& job_;
  std::string home_;
  std::string domain_;
  Control control_;
  Ledger ledger_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::map<std::string, verify::Roots> stores_;
  std::optional<OwnAddresses> own_;
  Mail mail_;
  mail::Ways ways_;
  std::string sender_domain_;
  std::vector<Failure> failures_;
  std::set<std::string> remarks_;  // for whoever reads the report, whatever became of it
  bool lookups_failed_ = false;    // and another resolver might have answered
  std::size_t tried_ = 0;
  bool own_route_ = false;  ///< not the domain's own hosts: nothing for its reports
};

// --- before anything is asked

Result<void> Delivery::prepare() {
  sender_domain_ = domain_key(domain_of(job_.sender));
  auto ways = ways_of(control_, sender_domain_);
  if (!ways) return tl::unexpected(ways.error());
  ways_ = std::move(*ways);
  if (auto honoured = nothing_is_unhonoured(control_); !honoured) return honoured;
  auto own = OwnAddresses::of(control_);
  if (!own) return tl::unexpected(own.error());
  own_ = std::move(*own);
  const auto config = resolver_config_of(control_);
  if (!config) return tl::unexpected(config.error());
  auto resolver = resolver::Resolver::create(loop_, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  resolver_ = std::move(*resolver);
  return {};
}

/// A server that takes this process over by what it sends finds no mail of others to read
/// and nothing to change but what is written here anyway. Control files are still read:
/// which of them count is known host by host.
void Delivery::confine() const {
  io::FileRights rights;
  rights.hidden = home_ + "/queue";
  rights.writable_files = {home_ + "/queue/lock/deadhosts"};
  rights.writable_directories = resolver_->written_directories();
  rights.writable_directories.push_back(home_ + "/queue/tlsrpt");
  (void)io::confine(rights);  // a kernel without it is as good as it is
}

// --- what a host must prove

Result<const verify::Roots*> Delivery::roots_of(const std::string& path) {
  if (path.empty()) return nullptr;
  if (const auto known = stores_.find(path); known != stores_.end())
    return &known->second;
  const bool directory = path.ends_with('/');
  auto roots = client::load_trust_store(directory ? "" : path, directory ? path : "");
  if (!roots) return tl::unexpected(roots.error());
  return &stores_.emplace(path, std::move(*roots)).first->second;
}

io::Task<Result<policy::DnsFacts>> Delivery::facts_of(const resolver::Host* found,
                                                      const MailPolicy& policy,
                                                      std::uint16_t port) {
  policy::DnsFacts facts;
  if (policy.pinned) {
    facts.state = policy::TlsaState::present;
    facts.records = {*policy.pinned};
    if (found != nullptr) facts.names = {found->original};
    co_return facts;
  }
  if (found == nullptr) co_return facts;
  facts.names = {found->original};
  const bool asks = policy.level == policy::Level::dane ||
                    policy.level == policy::Level::dane_only ||
                    policy.level == policy::Level::dane_and_pkix;
  if (!asks) co_return facts;
  co_return co_await resolver::find_tlsa(*resolver_, *found, port);
}

/// RFC 7672 3.2.2 for DANE: base domain, and the next-hop domain behind a secure MX. For
/// PKIX the names that insecure answers lead to prove nothing: then only the next-hop
/// domain counts, unless the user speaks of the host itself.
void add_names(const Route& route, const MailPolicy& policy, policy::DnsFacts& facts) {
  const auto& hosts = route.hosts;
  const bool secure = hosts.security == dns::Security::secure;
  const bool by_host = policy.source.starts_with("tlshosts/") ||
                       policy.source.starts_with("tlsdestinations");
  const bool dane = facts.state == policy::TlsaState::present;
  if (!dane && !secure && !route.literal && !by_host) facts.names.clear();
  if (dane && !secure) return;
  mail::add_domain_names(hosts, facts);
}

/// RFC 7672 2.2.1: where DANE is a duty, MX records that anybody may have forged lead to
/// no host that proves anything about the domain. A pinned certificate is no DNS's word.
bool is_led_astray(const Route& route, const MailPolicy& policy) {
  const bool mandatory = policy.level == policy::Level::dane_only ||
                         policy.level == policy::Level::dane_and_pkix;
  return mandatory && !policy.pinned && !route.literal &&
         route.hosts.security != dns::Security::secure;
}

Result<mail::Peer> Delivery::peer_of(const Route& route, const MailPolicy& policy,
                                     policy::DnsFacts facts) {
  if (is_led_astray(route, policy)) {
    return base::fail(ErrorKind::temporary, base::Code::no_tlsa,
                      "the MX records of the domain are not secured by DNSSEC");
  }
  mail::Peer out;
  policy::Demand demand;
  demand.level = policy.level;
  demand.service = policy::Service::smtp;
  demand.without_tlsa = policy.without_tlsa;
  demand.name_check = policy.names;
  add_names(route, policy, facts);
  const bool dane = facts.state == policy::TlsaState::present;
  if (!dane || policy.level == policy::Level::dane_and_pkix) {
    for (const dns::Name& name : policy.match) demand.names.emplace_back(name);
  }
  auto requirement = policy::decide(facts, demand);
  if (!requirement) return tl::unexpected(requirement.error());
  out.facts = std::move(facts);
  out.requirement = std::move(*requirement);
  if (out.requirement.proof == policy::Proof::pkix ||
      out.requirement.proof == policy::Proof::dane_and_pkix ||
      out.requirement.when_unusable == policy::WhenUnusable::pkix) {
    auto roots = roots_of(policy.trust_store);
    if (!roots) return tl::unexpected(roots.error());
    out.roots = *roots;
  }
  return out;
}

/// Where the control files say that a host is spoken to, else where mail goes.
std::uint16_t port_of(const Route& route, const MailPolicy& policy) {
  return route.port.value_or(policy.port.value_or(kSmtp));
}

// --- host by host

io::Task<std::optional<Report>> Delivery::try_host(
    const mail::MailHost& host, const Route& route,
    const std::vector<net::Address>& addresses, const resolver::Host* found, bool last) {
  const std::string name =
      found != nullptr ? host.name.text() : net::to_text(addresses.front());
  const auto policy = policy_of(control_, domain_, name, sender_domain_);
  if (!policy) co_return control_trouble(policy.error());
  if (!policy->idle.empty()) remarks_.insert(policy->idle);
  const std::uint16_t port = port_of(route, *policy);
  const auto fail = [&](const base::Error& error, Stage stage) {
    keep(name, *policy, port, error);
    add_failure(name, error, stage);
    return std::nullopt;
  };
  auto facts = co_await facts_of(found, *policy, port);
  if (!facts) co_return fail(facts.error(), Stage::records);
  if (found == nullptr) facts->names = {addresses.front()};
  auto peer = peer_of(route, *policy, std::move(*facts));
  if (!peer) co_return fail(peer.error(), Stage::records);
  peer->start =
      port == kSubmissions ? mail::TlsStart::implicit : mail::TlsStart::starttls;
  const bool insecure =
      !route.literal && !policy->pinned && route.hosts.security != dns::Security::secure;
  const Circumstances circumstances{policy->source, insecure};
  std::size_t tried_here = 0;
  for (const net::Address& address : addresses) {
    if (!io::has_route(address)) {
      (void)fail({ErrorKind::temporary, base::Code::connect,
                  "no route to " + net::to_text(address) + " from here"},
                 Stage::connection);
      continue;
    }
    if (ledger_.is_dead(address)) {
      (void)fail({ErrorKind::temporary, base::Code::dead,
                  net::to_text(address) + " did not answer lately"},
                 Stage::connection);
      continue;
    }
    if (++tried_here > kMostAddresses || ++tried_ > kMostTried) co_return std::nullopt;
    peer->endpoint = {address, port};
    const bool only_hope = last && address == addresses.back();
    ways_.greeting_limit = only_hope ? kLastGreeting : kGreeting;
    auto result = co_await attempt(loop_, *peer, ways_, circumstances, mail_);
    if (result.connected) {
      ledger_.answered(address);
    } else if (result.failure && result.failure->code == base::Code::timeout) {
      ledger_.failed(address);
    }
    if (is_domains_own(*policy, *peer)) {
      for (const AttemptResult& earlier : result.earlier) keep(name, *peer, earlier);
      keep(name, *peer, result);
    }
    if (result.report) co_return result.report;
    const base::Error error = result.failure->in(net::to_text(address));
    keep(name, *policy, port, error);
    failures_.push_back(
        {name, error, Stage::connection, reason_of(error, result.facts.verdict)});
  }
  co_return std::nullopt;
}

void Delivery::add_failure(const std::string& host, const base::Error& error,
                           Stage stage) {
  const bool lookup = stage != Stage::connection;
  lookups_failed_ = lookups_failed_ || (lookup && resolver::is_unanswered(error));
  failures_.push_back({host, error, stage, reason_of(error, std::nullopt)});
}

TlsEvent Delivery::event_of(const std::string& host) const {
  TlsEvent out;
  out.domain = domain_;
  out.host = host;
  if (ways_.source.address) out.source = net::to_text(*ways_.source.address);
  return out;
}

void Delivery::keep(const std::string& host, const MailPolicy& policy, std::uint16_t port,
                    const base::Error& error) {
  TlsEvent event = event_of(host);
  if (own_route_ || !is_domains_own(policy, port)) return;
  if (describe_failure(error, event)) ledger_.add(std::move(event));
}

/// Of a host whose addresses cannot be looked up, so that nobody asked for its policy
/// yet.
void Delivery::keep_unfound(const std::string& host, const Route& route,
                            const base::Error& error) {
  const auto policy = policy_of(control_, domain_, host, sender_domain_);
  if (policy) keep(host, *policy, port_of(route, *policy), error);
}

void Delivery::keep(const std::string& host, const mail::Peer& peer,
                    const AttemptResult& result) {
  TlsEvent event = event_of(host);
  if (own_route_ || !describe_session(peer, result, event)) return;
  ledger_.add(std::move(event));
}

/// The hosts of one preference. If one of them is this machine, none of them is used, nor
/// any behind them: the mail would come back (RFC 5321 5.1).
io::Task<std::optional<Report>> Delivery::try_group(std::span<const mail::MailHost> group,
                                                    const Route& route, bool last,
                                                    bool& loops) {
  std::vector<resolver::Host> found;
  for (const mail::MailHost& host : group) {
    auto looked_up =
        co_await resolver::find_host(*resolver_, host.name, resolver::Families::both);
    if (!looked_up) {
      keep_unfound(host.name.text(), route, looked_up.error());
      add_failure(host.name.text(), looked_up.error(), Stage::addresses);
      continue;
    }
    loops = loops || (!route.relayed &&
                      std::ranges::any_of(looked_up->addresses, [&](const auto& address) {
                        return own_->has(address);
                      }));
    found.push_back(std::move(*looked_up));
  }
  if (loops) co_return std::nullopt;
  for (const resolver::Host& host : found) {
    const mail::MailHost mail_host{host.original, group.front().preference};
    const bool last_host = last && &host == &found.back();
    auto report = co_await try_host(mail_host, route, host.addresses, &host, last_host);
    if (report) co_return report;
  }
  co_return std::nullopt;
}

io::Task<Report> Delivery::converse() {
  const auto route = co_await find_route(*resolver_, control_, job_.host, job_.sender);
  if (!route) {
    lookups_failed_ = resolver::is_unanswered(route.error());
    co_return report_of_route(route.error(), job_.host);
  }
  own_route_ = route->relayed || route->literal;
  if (route->literal && !route->relayed && own_->has(*route->literal)) {
    co_return report_of_loop();
  }
  if (route->literal) {
    const std::vector<net::Address> one(1, *route->literal);
    // A name of its own: GCC 12 destroys a temporary of a co_await's arguments twice.
    const mail::MailHost nameless;
    auto report = co_await try_host(nameless, *route, one, nullptr, true);
    co_return report ? *report : report_of_failures(failures_, job_.host);
  }
  const std::span<const mail::MailHost> hosts(route->hosts.hosts);
  for (std::size_t begin = 0; begin < hosts.size();) {
    std::size_t end = begin;
    while (end < hosts.size() && hosts[end].preference == hosts[begin].preference) ++end;
    bool loops = false;
    const bool last = end == hosts.size();
    auto report =
        co_await try_group(hosts.subspan(begin, end - begin), *route, last, loops);
    if (report) co_return *report;
    if (loops && begin == 0) {
      co_return report_of_loop();
    }
    if (loops) break;
    begin = end;
  }
  co_return report_of_failures(failures_, job_.host);
}

Report Delivery::run() {
  if (auto ready = prepare(); !ready) return control_trouble(ready.error());
  mail_.envelope.sender = for_envelope(job_.sender, mail_.envelope.utf8);
  for (const std::string& recipient : job_.recipients) {
    mail_.envelope.recipients.push_back(for_envelope(recipient, mail_.envelope.utf8));
    if (!fits_a_command(recipient) || !fits_a_command(job_.sender)) {
      return permanent("An address has a line end in it. (#5.1.3)\n");
    }
  }
  const auto rules = body_rules_of(control_, job_.sender);
  if (!rules) return control_trouble(rules.error());
  const auto facts = scan_message(job_.message, *rules);
  if (!facts)
    return temporary("Unable to read message. (#4.3.0)\n" + facts.error().detail + "\n");
  mail_.facts = *facts;
  mail_.descriptor = job_.message;
  if (facts->fault == smtp::BodyFault::no_line_end) {
    return permanent(
        "SMTP cannot transfer messages with partial final lines. (#5.6.2)\n");
  }
  if (facts->fault == smtp::BodyFault::carriage_return) {
    return permanent(
        "SMTP cannot transfer a carriage return without a line feed (RFC 5321 2.3.8); "
        "this message has one, and control/barecr refuses it. (#5.6.2)\n");
  }
  confine();
  io::renew_work();  // from here on strangers say what there is to compute
  Report out = temporary("Out of order. (#4.3.0)\n");
  asio::co_spawn(
      loop_, [&]() -> io::Task<void> { out = co_await converse(); },
      [&](const std::exception_ptr& error) {
        loop_.stop();
        if (error) std::rethrow_exception(error);
      });
  const io::Pulse::Hold pulse(io::Pulse::of(loop_));
  loop_.run();
  if (lookups_failed_ && out.state == MessageState::temporary) {
    remarks_.insert(resolver_->advice("control/dnsforward"));
  }
  for (const std::string& remark : remarks_) out.text += remark + "\n";
  return out;
}

}  // namespace

void deliver(const std::string& home, const Job& job,
             const std::function<void(const Report&)>& tell) {
  Delivery delivery(home, job);
  Report report = delivery.run();
  report.text += delivery.ledger_trouble();
  tell(report);
  delivery.write_ledger();
}

}  // namespace qmail

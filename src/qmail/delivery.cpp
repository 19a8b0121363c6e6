#include "src/qmail/delivery.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <cerrno>
#include <exception>
#include <map>
#include <memory>
#include <random>

#include "src/client/trust_store.h"
#include "src/io/interfaces.h"
#include "src/mail/mail_hosts.h"
#include "src/qmail/attempt.h"
#include "src/qmail/dead_hosts.h"
#include "src/qmail/routes.h"
#include "src/qmail/tls_events.h"
#include "src/smtp/address.h"
#include "src/tls/session.h"

namespace qmail {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::uint16_t kSmtp = 25;
constexpr std::uint16_t kSubmissions = 465;  // TLS from the first octet (RFC 8314 3.3)
constexpr std::size_t kMostAddresses = 64;   // tried for one message
constexpr unsigned long kMostSeconds = 7UL * 24 * 60 * 60;  // of a time-out

std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? std::string() : address.substr(at + 1);
}

/// An address for a command: quoted where it must be, the domain in A-labels where
/// SMTPUTF8 need not be asked for. `utf8` is set if it must (RFC 6531 3.2).
std::string for_envelope(const std::string& address, bool& utf8) {
  const std::size_t at = address.rfind('@');
  const std::string local = smtp::quoted_local_part(address.substr(0, at));
  if (at == std::string::npos) {
    utf8 = utf8 || !base::is_ascii(address);
    return local;
  }
  std::string domain = address.substr(at + 1);
  if (base::is_ascii(local) && !base::is_ascii(domain)) {
    if (const auto name = dns::Name::parse(domain)) domain = name->text();
  }
  utf8 = utf8 || !base::is_ascii(local) || !base::is_ascii(domain);
  return local + "@" + domain;
}

bool fits_a_command(const std::string& address) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  return address.find_first_of(kForbidden) == std::string::npos;
}

Result<smtp::BodyFacts> scan(int descriptor) {
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    // Not /dev/null either, which stands in for a descriptor that was closed.
    return base::fail(ErrorKind::temporary, "read", "the message is not in a file");
  }
  smtp::BodyScanner scanner;
  // Most messages are small: pages that are not needed cost more than the scan.
  constexpr std::size_t kMost = std::size_t{256} * 1024, kLeast = 4096;
  std::string buffer(std::clamp(static_cast<std::size_t>(facts.st_size), kLeast, kMost),
                     '\0');
  for (off_t at = 0;;) {
    const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return base::fail(ErrorKind::temporary, "read",
                        "unable to read message: " + base::system_message(errno));
    }
    if (n == 0) return scanner.finish();
    scanner.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
    at += n;
  }
}

/// A host that was not used, and why.
struct Failure {
  std::string host;
  base::Error error;
};

/// Failures that say that a peer is not what it must be, rather than not there.
bool is_about_proof(const base::Error& error) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "refused",          "starttls_not_offered",
      "starttls_refused", "starttls_injection",
      "handshake",        "key_usage",
      "no_tlsa",          "bogus"};
  return std::ranges::find(kCodes, error.code) != kCodes.end();
}

/// Where the mail goes, before any host of it is looked at.
struct Route {
  mail::MailHosts hosts;
  std::uint16_t port = kSmtp;
  std::optional<net::Address> literal;  ///< in place of hosts
  bool relayed = false;
};

/// The domain as control files are searched for it: as the DNS has it, so that neither
/// capitals, nor a dot at its end, nor U-labels lead round an entry.
std::string key_of(const std::string& host) {
  const auto name = dns::Name::parse(host);
  return name ? name->text() : base::lower(host);
}

class Delivery {
 public:
  Delivery(const std::string& home, const Job& job)
      : job_(job),
        domain_(key_of(job.host)),
        control_(home + "/control"),
        dead_(home + "/queue/lock/deadhosts"),
        tls_events_(home + "/queue/tlsrpt"),
        loop_(1) {}

  Report run();

 private:
  Result<void> prepare();
  Result<void> read_ways();
  Result<resolver::Config> resolver_config() const;
  io::Task<Report> converse();
  io::Task<Result<Route>> find_route();
  io::Task<std::optional<Report>> try_host(const mail::MailHost& host, const Route& route,
                                           const std::vector<net::Address>& addresses,
                                           const resolver::Host* found);
  io::Task<Result<policy::DnsFacts>> facts_of(const resolver::Host* found,
                                              const MailPolicy& policy,
                                              std::uint16_t port);
  io::Task<std::optional<Report>> try_group(std::span<const mail::MailHost> group,
                                            const Route& route, bool& loops);
  Result<mail::Peer> peer_of(const Route& route, const MailPolicy& policy,
                             policy::DnsFacts facts);
  Result<const verify::Roots*> roots_of(const std::string& path);
  TlsEvent event_of(const std::string& host) const;
  void keep(const std::string& host, const mail::Peer& peer,
            const AttemptResult& result) const;
  void keep(const std::string& host, const base::Error& error) const;
  Report give_up() const;

  const Job& job_;
  std::string domain_;
  Control control_;
  DeadHosts dead_;
  std::string tls_events_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::map<std::string, verify::Roots> stores_;
  Mail mail_;
  mail::Ways ways_;
  std::string sender_domain_;
  std::vector<Failure> failures_;
  std::size_t tried_ = 0;
};

// --- before anything is asked

Report temporary(const std::string& text) {
  return report_of(MessageState::temporary, text);
}

Report permanent(const std::string& text) {
  return report_of(MessageState::permanent, text);
}

Report control_trouble(const base::Error& error) {
  return temporary("Unable to read control files. (#4.3.0)\n" + error.detail + "\n");
}

Result<void> Delivery::read_ways() {
  const auto identity = identity_of(control_, sender_domain_);
  if (!identity) return tl::unexpected(identity.error());
  ways_.helo = identity->helo;
  ways_.source.address = identity->source;
  constexpr unsigned long kConnect = 60, kRemote = 1200;
  const auto connect = control_.number("timeoutconnect", kConnect);
  if (!connect) return tl::unexpected(connect.error());
  const auto remote = control_.number("timeoutremote", kRemote);
  if (!remote) return tl::unexpected(remote.error());
  ways_.connect_limit = std::chrono::seconds(std::min(*connect, kMostSeconds));
  ways_.remote_limit = std::chrono::seconds(std::min(*remote, kMostSeconds));
  auto own = certificate_of(control_, sender_domain_);
  if (!own) return tl::unexpected(own.error());
  if (*own) {
    ways_.tls.certificate_file = (*own)->certificate_file;
    ways_.tls.key_file = (*own)->key_file;
    ways_.tls.key_password = (*own)->password;
  }
  const auto ciphers = control_.lines("tlsclientciphers");
  if (!ciphers) return tl::unexpected(ciphers.error());
  std::string list;
  for (const std::string& cipher : *ciphers) list += (list.empty() ? "" : ":") + cipher;
  // A list that only OpenSSL understands leaves the default in force: see the man page.
  if (auto priorities = tls::priorities_for(list); !list.empty() && priorities) {
    ways_.tls.priorities = *priorities;
  }
  return {};
}

Result<resolver::Config> Delivery::resolver_config() const {
  resolver::Config config;
  const auto anchor = control_.exists("dnsanchor");
  if (!anchor) return tl::unexpected(anchor.error());
  if (*anchor) config.trust_anchor = control_.path("dnsanchor");
  const auto settings = control_.exists("unbound.conf");
  if (!settings) return tl::unexpected(settings.error());
  if (*settings) config.unbound_conf = control_.path("unbound.conf");
  const auto forward = control_.line("dnsforward");
  if (!forward) return tl::unexpected(forward.error());
  if (*forward) return resolver::with_forward(config, **forward);
  return config;
}

Result<void> Delivery::prepare() {
  sender_domain_ = key_of(domain_of(job_.sender));
  if (auto ways = read_ways(); !ways) return ways;
  const auto config = resolver_config();
  if (!config) return tl::unexpected(config.error());
  auto resolver = resolver::Resolver::create(loop_, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  resolver_ = std::move(*resolver);
  return {};
}

// --- where it goes

io::Task<Result<Route>> Delivery::find_route() {
  Route out;
  std::string host = job_.host;
  const auto relay = relay_of(control_, domain_);
  if (!relay) co_return tl::unexpected(relay.error());
  if (*relay) {
    out.relayed = !(*relay)->host.empty();
    out.port = (*relay)->port;
    if (out.relayed) host = (*relay)->host;
  }
  if (const auto address = net::parse_address(host)) {
    out.literal = address;
    co_return out;
  }
  auto name = dns::Name::parse(host);
  if (!name && out.relayed) {
    co_return base::fail(ErrorKind::temporary, "control",
                         "smtproutes: " + name.error().detail);
  }
  if (!name) co_return tl::unexpected(name.error());
  if (out.relayed) {
    // The user's own word for where mail goes is as good as a secure answer (RFC 7672
    // 2.2.3); its aliases are followed, its MX records are not asked for.
    out.hosts.hosts = {{*name, 0}};
    out.hosts.domains = {*name};
    out.hosts.security = dns::Security::secure;
    co_return out;
  }
  auto hosts = co_await mail::find_mail_hosts(
      *resolver_, std::move(*name), [](std::vector<mail::MailHost>& same) {
        static std::minstd_rand random{std::random_device{}()};
        std::ranges::shuffle(same, random);
      });
  if (!hosts) co_return tl::unexpected(hosts.error());
  out.hosts = std::move(*hosts);
  co_return out;
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
/// PKIX the names of an insecure MX prove nothing: then only the next-hop domain counts,
/// unless the user speaks of the host itself.
void add_names(const Route& route, const MailPolicy& policy, policy::DnsFacts& facts) {
  const auto& hosts = route.hosts;
  const bool secure = hosts.security == dns::Security::secure;
  const bool by_host = policy.source.starts_with("tlshosts/") ||
                       policy.source.starts_with("tlsdestinations");
  const bool dane = facts.state == policy::TlsaState::present;
  if (!dane && hosts.from_mx && !secure && !by_host) facts.names.clear();
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
    return base::fail(ErrorKind::temporary, "no_tlsa",
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
  if (!dane) {
    for (const dns::Name& name : policy.match) demand.names.emplace_back(name);
  }
  auto requirement = policy::decide(facts, demand);
  if (!requirement) return tl::unexpected(requirement.error());
  out.start =
      route.port == kSubmissions ? mail::TlsStart::implicit : mail::TlsStart::starttls;
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

// --- host by host

io::Task<std::optional<Report>> Delivery::try_host(
    const mail::MailHost& host, const Route& route,
    const std::vector<net::Address>& addresses, const resolver::Host* found) {
  const std::string name =
      found != nullptr ? host.name.text() : net::to_text(addresses.front());
  const auto fail = [&](base::Error error) {
    keep(name, error);
    failures_.push_back({name, std::move(error)});
    return std::nullopt;
  };
  const auto policy = policy_of(control_, domain_, name, sender_domain_);
  if (!policy) co_return control_trouble(policy.error());
  auto facts = co_await facts_of(found, *policy, route.port);
  if (!facts) co_return fail(facts.error());
  if (found == nullptr) facts->names = {addresses.front()};
  auto peer = peer_of(route, *policy, std::move(*facts));
  if (!peer) co_return fail(peer.error());
  const bool secure_mx = route.hosts.security == dns::Security::secure;
  const Circumstances circumstances{policy->source, route.hosts.from_mx && !secure_mx};
  for (const net::Address& address : addresses) {
    if (dead_.is_dead(address, client::wall_clock())) {
      (void)fail({ErrorKind::temporary, "dead",
                  net::to_text(address) + " did not answer lately"});
      continue;
    }
    if (++tried_ > kMostAddresses) co_return std::nullopt;
    peer->endpoint = {address, route.port};
    auto result = co_await attempt(loop_, *peer, ways_, circumstances, mail_);
    if (result.connected) {
      dead_.answered(address);
    } else if (result.failure && result.failure->code == "timeout") {
      dead_.failed(address, client::wall_clock());
    }
    keep(name, *peer, result);
    if (result.report) co_return result.report;
    (void)fail(result.failure->in(net::to_text(address)));
  }
  co_return std::nullopt;
}

/// RFC 8460 4.3: the result type of a session that failed; empty for what is none of TLS.
std::string result_type(const AttemptResult& result) {
  const std::string& code = result.failure->code;
  if (code == "starttls_not_offered" || code == "starttls_refused") {
    return "starttls-not-supported";
  }
  if (code == "refused" && result.facts.verdict) {
    switch (result.facts.verdict->reason) {
      case verify::Reason::name_mismatch:
      case verify::Reason::too_many_names:
        return "certificate-host-mismatch";
      case verify::Reason::expired:
      case verify::Reason::not_yet_valid:
        return "certificate-expired";
      case verify::Reason::no_usable_record:
        return "tlsa-invalid";
      default:
        return "certificate-not-trusted";
    }
  }
  const bool of_tls = code == "handshake" || code == "key_usage" || code == "truncated" ||
                      code == "starttls_injection";
  return of_tls ? "validation-failure" : "";
}

TlsEvent Delivery::event_of(const std::string& host) const {
  TlsEvent out;
  out.domain = domain_;
  out.host = host;
  if (ways_.source.address) out.source = net::to_text(*ways_.source.address);
  return out;
}

/// A host that was not even connected to, because of its records (RFC 8460 4.3.2.1).
void Delivery::keep(const std::string& host, const base::Error& error) const {
  const bool bogus = error.code == "bogus";
  if (!bogus && error.code != "no_tlsa") return;
  TlsEvent event = event_of(host);
  event.policy = "tlsa";
  event.result = bogus ? "dnssec-invalid" : "dane-required";
  event.reason = error.code;
  keep_event(tls_events_, event, client::wall_clock());
}

void Delivery::keep(const std::string& host, const mail::Peer& peer,
                    const AttemptResult& result) const {
  const bool good = result.facts.session.has_value();
  const std::string type = result.failure ? result_type(result) : "";
  if (!good && type.empty()) return;  // no session, and none was wanted or refused
  TlsEvent event = event_of(host);
  event.policy =
      peer.facts.state == policy::TlsaState::present ? "tlsa" : "no-policy-found";
  for (const dns::Tlsa& record : peer.facts.records) {
    event.records.push_back(dns::to_text(record));
  }
  event.result = good ? "" : type;
  event.address = net::to_text(peer.endpoint.address);
  if (!good) {
    event.reason = result.facts.verdict
                       ? std::string(verify::to_text(result.facts.verdict->reason))
                       : result.failure->code;
  }
  keep_event(tls_events_, event, client::wall_clock());
}

/// The hosts of one preference. If one of them is this machine, none of them is used, nor
/// any behind them: the mail would come back (RFC 5321 5.1).
io::Task<std::optional<Report>> Delivery::try_group(std::span<const mail::MailHost> group,
                                                    const Route& route, bool& loops) {
  const auto own = io::own_addresses();
  std::vector<resolver::Host> found;
  for (const mail::MailHost& host : group) {
    auto looked_up =
        co_await resolver::find_host(*resolver_, host.name, resolver::Families::both);
    if (!looked_up) {
      failures_.push_back({host.name.text(), looked_up.error()});
      continue;
    }
    loops = loops || (!route.relayed &&
                      std::ranges::any_of(looked_up->addresses, [&](const auto& address) {
                        return std::ranges::find(own, address) != own.end();
                      }));
    found.push_back(std::move(*looked_up));
  }
  if (loops) co_return std::nullopt;
  for (const resolver::Host& host : found) {
    const mail::MailHost mail_host{host.original, group.front().preference};
    auto report = co_await try_host(mail_host, route, host.addresses, &host);
    if (report) co_return report;
  }
  co_return std::nullopt;
}

Report Delivery::give_up() const {
  const Failure* told = failures_.empty() ? nullptr : &failures_.back();
  for (const Failure& failure : failures_) {
    if (is_about_proof(failure.error)) {
      told = &failure;
      break;
    }
  }
  if (told == nullptr) {
    return temporary("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n");
  }
  const bool proof = is_about_proof(told->error);
  std::string text =
      proof ? "Sorry, no host for " + base::printable(job_.host, 255) +
                  " is what it must prove to be. (#4.7.5)\n"
            : "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n";
  for (const Failure& failure : failures_) {
    text += failure.host + ": " + base::printable(failure.error.detail, 500) + " (" +
            failure.error.code + ")\n";
  }
  return temporary(text);
}

Report report_of_route(const base::Error& error, const std::string& host) {
  const std::string shown = base::printable(host, 255);
  if (error.code == "control") return control_trouble(error);
  if (error.code == "no_domain" || error.code == "bad_name") {
    return permanent("Sorry, I couldn't find any host named " + shown + ". (#5.1.2)\n" +
                     error.detail + "\n");
  }
  if (error.code == "null_mx") {
    return permanent("Sorry, " + shown + " takes no mail. (#5.1.10)\n" + error.detail +
                     "\n");
  }
  return temporary("DNS lookup failed temporarily. (#4.4.3)\n" + error.detail + " (" +
                   error.code + ")\n");
}

io::Task<Report> Delivery::converse() {
  const auto route = co_await find_route();
  if (!route) co_return report_of_route(route.error(), job_.host);
  if (route->literal) {
    const std::vector<net::Address> one(1, *route->literal);
    // A name of its own: GCC 12 destroys a temporary of a co_await's arguments twice.
    const mail::MailHost nameless;
    auto report = co_await try_host(nameless, *route, one, nullptr);
    co_return report ? *report : give_up();
  }
  const std::span<const mail::MailHost> hosts(route->hosts.hosts);
  for (std::size_t begin = 0; begin < hosts.size();) {
    std::size_t end = begin;
    while (end < hosts.size() && hosts[end].preference == hosts[begin].preference) ++end;
    bool loops = false;
    auto report = co_await try_group(hosts.subspan(begin, end - begin), *route, loops);
    if (report) co_return *report;
    if (loops && begin == 0) {
      co_return permanent(
          "Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
          "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)\n");
    }
    if (loops) break;
    begin = end;
  }
  co_return give_up();
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
  const auto facts = scan(job_.message);
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
        "SMTP cannot transfer a carriage return that ends no line (RFC 5321 2.3.8), and "
        "this message has one. (#5.6.2)\n");
  }
  Report out = temporary("Out of order. (#4.3.0)\n");
  asio::co_spawn(
      loop_, [&]() -> io::Task<void> { out = co_await converse(); },
      [&](const std::exception_ptr& error) {
        loop_.stop();
        if (error) std::rethrow_exception(error);
      });
  loop_.run();
  return out;
}

}  // namespace

Report deliver(const std::string& home, const Job& job) {
  return Delivery(home, job).run();
}

}  // namespace qmail

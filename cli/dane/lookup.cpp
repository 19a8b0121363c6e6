// dane lookup: what the DNS says about a host's TLSA records, and how sure that is.

#include <algorithm>

#include "cli/dane/resolving.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "resolver/host.h"
#include "resolver/way.h"
#include "src/base/json.h"
#include "src/client/wall_clock.h"
#include "src/client/verdict_json.h"
#include "src/io/run_task.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane lookup [OPTIONS] HOST PORT";

/// What was asked, and what was answered, as far as it got.
struct Lookup {
  dns::Name name;
  std::uint16_t port = 0;
  std::optional<resolver::Host> host;
  policy::DnsFacts facts;
  std::optional<base::Error> error;
  std::string advice;  ///< where nobody answered: who was asked, and what may help
};

io::Task<Lookup> look_up(resolver::Resolver& resolver, dns::Name name,
                         std::uint16_t port) {
  Lookup out;
  out.name = name;
  out.port = port;
  auto host = co_await resolver::find_host(resolver, name, resolver::Families::both);
  if (!host) {
    out.error = host.error();
    co_return out;
  }
  out.host = *host;
  auto facts = co_await resolver::find_tlsa(resolver, std::move(*host), port);
  if (facts) {
    out.facts = std::move(*facts);
  } else {
    out.error = facts.error();
  }
  co_return out;
}

std::string_view status_of(const Lookup& lookup) {
  if (lookup.error) return "undecided";
  return policy::to_text(lookup.facts.state);
}

Outcome outcome_of(const Lookup& lookup) {
  if (lookup.error) return cli::dane::outcome_of(lookup.error->kind);
  return lookup.facts.state == policy::TlsaState::present ? Outcome::fine
                                                          : Outcome::findings;
}

void write_host(base::JsonWriter& json, const resolver::Host& host) {
  std::vector<std::string> aliases, addresses, bases;
  for (const auto& name : host.aliases) aliases.push_back(name.text());
  for (const auto& address : host.addresses) addresses.push_back(net::to_text(address));
  for (const auto& name : host.base_domains) bases.push_back(name.text());
  json.member("canonical", host.canonical.text()).member("aliases", aliases);
  json.member("dnssec", dns::to_text(host.security)).member("addresses", addresses);
  json.member("base_domains", bases);
}

std::string json_of(const Lookup& lookup) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", lookup.name.text()).member("port", lookup.port);
  json.member("status", status_of(lookup));
  if (lookup.error) {
    json.member("reason", base::to_text(lookup.error->code));
    json.member("detail", lookup.error->detail);
    if (!lookup.advice.empty()) json.member("advice", lookup.advice);
  }
  if (lookup.host) write_host(json, *lookup.host);
  if (!lookup.error) {
    const auto& facts = lookup.facts;
    json.member("owner", facts.owner.text()).member("ttl", facts.ttl.count());
    if (facts.signed_until) {
      json.member("signed_until", verify::to_text(*facts.signed_until));
      json.member("signed_for", (*facts.signed_until - client::wall_clock()).count());
    }
    client::write_records(json, "records", facts.records, nullptr);
  }
  json.end_object();
  return json.text() + "\n";
}

std::string state_in_words(policy::TlsaState state) {
  switch (state) {
    case policy::TlsaState::present:
      return "secure";
    case policy::TlsaState::absent:
      return "none: securely denied";
    case policy::TlsaState::insecure:
      return "not usable: the answer is not secure (an unsigned zone)";
    case policy::TlsaState::insecure_address:
      return "not asked: the host's addresses are not secure";
    case policy::TlsaState::not_asked:
      return "not asked";
  }
  return "not asked";
}

std::string host_in_words(const resolver::Host& host) {
  std::string out = "host       " + host.original.unicode() + "  (" +
                    std::string(dns::to_text(host.security)) + ")\n";
  if (!host.aliases.empty()) {
    out += "aliases    ";
    for (const auto& alias : host.aliases) out += alias.text() + " -> ";
    out += host.canonical.text() + "\n";
  }
  out += "addresses ";
  for (const auto& address : host.addresses) out += " " + net::to_text(address);
  return out + "\n";
}

std::string text_of(const Lookup& lookup, const Paint& paint) {
  const auto& facts = lookup.facts;
  const bool present = facts.state == policy::TlsaState::present;
  std::string out = host_in_words(*lookup.host);
  out += "TLSA       " + (facts.owner.text().empty() ? "-" : facts.owner.text()) + "  " +
         (present ? paint.good("secure") : paint.doubtful(state_in_words(facts.state))) +
         "\n";
  if (!present) return out;
  out += "valid      TTL " + to_words(facts.ttl);
  if (facts.signed_until) {
    out += ", signatures good for " +
           to_words(*facts.signed_until - client::wall_clock()) + ", until " +
           verify::to_text(*facts.signed_until);
  }
  out += "\n";
  for (const dns::Tlsa& record : facts.records) {
    out += "record     " + dns::to_text(record) + "  " +
           paint.faint(dns::parameter_words(record)) + "\n";
  }
  return out;
}

base::Result<Outcome> lookup(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(2, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  const auto name = dns::Name::parse(arguments.words()[0]);
  if (!name) return tl::unexpected(name.error());
  const auto port = parse_port(arguments.words()[1]);
  if (!port) return tl::unexpected(port.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  Lookup found = io::run_task(loop, look_up(**resolver, *name, *port));
  if (found.error && resolver::is_unanswered(*found.error)) {
    found.advice = (*resolver)->advice("--forward");
  }
  if (arguments.has("json")) {
    print(json_of(found));
    return outcome_of(found);
  }
  if (found.error) {
    if (!found.advice.empty()) found.error->detail += ". " + found.advice;
    return tl::unexpected(*found.error);
  }
  print(text_of(found, Paint()));
  return outcome_of(found);
}

const std::string kHelp = std::string(kUsage) +
                          "\n\nThe TLSA records of a host and port, with their DNSSEC "
                          "state, base domain, aliases,\n"
                          "TTL, and the time left on their signatures.\n\n"
                          "  --json                 one JSON object\n" +
                          kResolverHelp;

}  // namespace

const Command kLookup = {"lookup", "TLSA records in the DNS, and how sure they are",
                         kHelp, with_resolver_options({{"json", false}}), lookup};

}  // namespace cli::dane

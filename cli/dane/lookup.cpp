// dane lookup: what the DNS says about a host's TLSA records, and how sure that is.

#include "cli/dane/lookup_answer.h"
#include "cli/dane/owner.h"
#include "cli/dane/resolving.h"
#include "cli/settings.h"
#include "cli/waiting.h"
#include "resolver/way.h"
#include "src/client/wall_clock.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane lookup [OPTIONS] HOST PORT";

io::Task<LookupAnswer> look_up(resolver::Resolver& resolver, dns::Name name,
                               std::uint16_t port, WaitingLine& waiting) {
  LookupAnswer out;
  out.name = name;
  out.port = port;
  waiting.at(name.text() + ": looking up its addresses");
  auto host = co_await resolver::find_host(resolver, name, resolver::Families::both);
  if (!host) {
    out.error = host.error();
    co_return out;
  }
  out.host = *host;
  waiting.at(name.text() + ": looking up its TLSA records");
  auto facts = co_await resolver::find_tlsa(resolver, std::move(*host), port);
  if (facts) {
    out.facts = std::move(*facts);
  } else {
    out.error = facts.error();
  }
  co_return out;
}

base::Result<Outcome> lookup(const Arguments& arguments) {
  if (auto ok = expect_host_and_port(arguments, "dane lookup"); !ok) {
    return tl::unexpected(ok.error());
  }
  if (auto ok = arguments.expect_words(2, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  const auto owner = owner_of(arguments.words()[0], arguments.words()[1], "tcp");
  if (!owner) return tl::unexpected(owner.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  WaitingLine waiting(loop);
  LookupAnswer found =
      io::run_task(loop, look_up(**resolver, owner->host, owner->port, waiting));
  waiting.clear();
  if (found.error && resolver::is_unanswered(*found.error)) {
    found.advice = (*resolver)->advice("--forward");
  }
  if (arguments.has("json")) {
    print(json_of(found, client::wall_clock()));
    return outcome_of(found);
  }
  if (found.error) {
    if (!found.advice.empty()) found.error->detail += ". " + found.advice;
    return tl::unexpected(*found.error);
  }
  print(text_of(found, Paint(), client::wall_clock()));
  return outcome_of(found);
}

constexpr std::string_view kAbout =
    R"(The TLSA records of a host and port, with their DNSSEC state, base domain,
aliases, TTL, and the time left on their signatures.
)";

}  // namespace

const Command kLookup = {.name = "lookup",
                         .summary = "TLSA records in the DNS, and how sure they are",
                         .usage = kUsage,
                         .about = kAbout,
                         .options = [] { return with_resolver_options({json_option()}); },
                         .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
                         .run = lookup};

}  // namespace cli::dane

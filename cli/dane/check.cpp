// dane check: connects for real and shows what the peer proves.

#include "cli/dane/check_job.h"
#include "cli/dane/check_result.h"
#include "cli/dane/resolving.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/client/report.h"
#include "src/client/wall_clock.h"
#include "src/io/host_name.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

client::Options options_of(const CheckJob& job) {
  client::Options out = job.options;
  if (job.starttls) {
    out.opening = [protocol = *job.starttls, peer = client::to_text(job.target.host),
                   limit = out.handshake_limit] {
      return client::starttls_opening(
          starttls::make_dialogue(protocol, io::host_name(), peer), limit);
    };
  }
  return out;
}

client::Report empty_report(const CheckJob& job) {
  client::Report out;
  out.host = job.word;
  out.port = job.target.port;
  out.level = job.demand.level;
  return out;
}

/// One connection to the first of these endpoints that answers, judged.
io::Task<client::Report> probe(io::Loop& loop, const CheckJob& job,
                               std::vector<net::Endpoint> endpoints,
                               client::TermsLookup terms) {
  const client::Options options = options_of(job);
  const auto connection =
      co_await client::reach(loop, std::move(endpoints), std::move(terms), options);
  client::Report report = empty_report(job);
  report.facts = connection.terms.facts;
  client::add(report, connection);
  co_return report;
}

/// The first address that answers; the TLSA records are looked up meanwhile.
io::Task<Checked> check_one(io::Loop& loop, resolver::Resolver& resolver,
                            const CheckJob& job, client::Location location) {
  Checked out;
  std::optional<client::Lookup> told;
  const auto endpoints = location.endpoints;
  auto terms =
      client::by_dns(resolver, std::move(location), job.demand, job.store(), told);
  auto report = co_await probe(loop, job, endpoints, std::move(terms));
  if (told) out.facts = told->facts;
  if (told && !told->requirement) {
    out.error = told->requirement.error();
  } else {
    out.peers.push_back(std::move(report));
  }
  co_return out;
}

/// Every address, by terms that are looked up once.
io::Task<Checked> check_each(io::Loop& loop, resolver::Resolver& resolver,
                             const CheckJob& job, client::Location location) {
  Checked out;
  const auto endpoints = location.endpoints;
  auto lookup = co_await client::look_up(resolver, std::move(location), job.target.port,
                                         job.demand);
  out.facts = lookup.facts;
  if (!lookup.requirement) {
    out.error = lookup.requirement.error();
    co_return out;
  }
  const client::Terms terms{lookup.facts, *lookup.requirement, job.store()};
  for (const net::Endpoint& endpoint : endpoints) {
    const std::vector<net::Endpoint> one(1, endpoint);
    auto known = client::known(terms);
    out.peers.push_back(co_await probe(loop, job, one, std::move(known)));
  }
  co_return out;
}

io::Task<Checked> check_all(io::Loop& loop, resolver::Resolver& resolver,
                            const CheckJob& job) {
  auto location = co_await client::locate(resolver, job.target, job.demand);
  if (!location) {
    Checked out;
    out.error = location.error();
    co_return out;
  }
  if (job.all_addresses) {
    co_return co_await check_each(loop, resolver, job, std::move(*location));
  }
  co_return co_await check_one(loop, resolver, job, std::move(*location));
}

base::Result<Outcome> check(const Arguments& arguments) {
  const auto job = check_job(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  const Checked checked = io::run_task(loop, check_all(loop, **resolver, *job));
  const Outcome outcome = outcome_of(checked);
  if (arguments.has("json")) {
    print(json_of(*job, checked));
  } else if (checked.error && outcome != Outcome::findings) {
    return tl::unexpected(*checked.error);
  } else {
    const Paint paint;
    print(text_of(*job, checked, paint, client::wall_clock()));
    if (checked.error) {
      print("  verdict  " + paint.bad("not proved") + ": " +
            base::printable(checked.error->detail, base::kLine) + "\n");
    }
  }
  return outcome;
}

const std::string kHelp =
    std::string(kCheckUsage) +
    "\n\nConnects, and shows DNS facts, session, chain and verdict, with a note for "
    "each\n"
    "record. PORT is that of --starttls, or 443.\n\n"
    "  --starttls PROTOCOL    " +
    starttls::protocol_words() +
    "\n"
    "  --policy LEVEL         as sslclient's (dane)\n"
    "  --roots F              trust store: a file or a directory\n"
    "  --name N               a name that the peer must have, in place of HOST\n"
    "  --dane-ee-names        compare names under usage 3 too\n"
    "  --all-addresses        check every address, not the first that answers\n"
    "  --timeout N            seconds to connect, and again for dialogue and handshake "
    "(10)\n"
    "  --json                 one JSON object\n" +
    kResolverHelp;

}  // namespace

const Command kCheck = {"check", "connect to a server and see what it proves", kHelp,
                        with_resolver_options({{"starttls", true},
                                               {"policy", true},
                                               {"roots", true},
                                               {"name", true},
                                               {"dane-ee-names", false},
                                               {"all-addresses", false},
                                               {"timeout", true},
                                               {"json", false}}),
                        check};

}  // namespace cli::dane

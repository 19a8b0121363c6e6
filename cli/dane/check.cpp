// dane check: connects for real and shows what the peer proves.

#include "cli/dane/check_job.h"
#include "cli/dane/check_result.h"
#include "cli/dane/check_text.h"
#include "cli/dane/resolving.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/client/report.h"
#include "src/client/wall_clock.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

/// What a check runs on, and the line that says how far it is.
struct Surroundings {
  io::Loop& loop;
  WaitingLine& waiting;
};

/// One connection to the first of these endpoints that answers, judged.
io::Task<client::Report> probe(const Surroundings& here, const CheckJob& job,
                               std::vector<net::Endpoint> endpoints,
                               client::TermsLookup terms) {
  const client::Options options = flow_options(job, here.waiting);
  const auto connection =
      co_await client::reach(here.loop, std::move(endpoints), std::move(terms), options);
  client::Report report = empty_report(job);
  report.facts = connection.terms.facts;
  client::add(report, connection);
  co_return report;
}

/// The first address that answers; the TLSA records are looked up meanwhile.
io::Task<Checked> check_one(const Surroundings& here, resolver::Resolver& resolver,
                            const CheckJob& job, client::Location location) {
  Checked out;
  std::optional<client::Lookup> told;
  const auto endpoints = location.endpoints;
  auto terms =
      client::by_dns(resolver, std::move(location), job.demand, job.store(), told);
  auto report = co_await probe(here, job, endpoints, std::move(terms));
  if (told) out.facts = told->facts;
  if (told && !told->requirement) {
    out.error = told->requirement.error();
  } else {
    out.peers.push_back(std::move(report));
  }
  co_return out;
}

/// The owner that TLSA records of the target would have, where nobody asked for them.
dns::Name owner_at(const CheckJob& job, const policy::DnsFacts& facts) {
  if (!facts.owner.text().empty()) return facts.owner;
  const auto* name = std::get_if<dns::Name>(&job.target.host);
  auto owner = name == nullptr ? base::Result<dns::Name>(dns::Name())
                               : name->tlsa_owner(job.target.port, "tcp");
  return owner ? std::move(*owner) : dns::Name();
}

/// Each of these endpoints by the same terms.
io::Task<std::vector<client::Report>> probe_each(const Surroundings& here,
                                                 const CheckJob& job,
                                                 std::vector<net::Endpoint> endpoints,
                                                 client::Terms terms) {
  std::vector<client::Report> out;
  for (const net::Endpoint& endpoint : endpoints) {
    const std::vector<net::Endpoint> one(1, endpoint);
    auto known = client::known(terms);
    out.push_back(co_await probe(here, job, one, std::move(known)));
  }
  co_return out;
}

/// What servers show that have no records: nobody is held to anything, and nothing but
/// TLS is said to them. The error that this is stands in each report.
io::Task<std::vector<client::Report>> look_at(const Surroundings& here, CheckJob job,
                                              std::vector<net::Endpoint> endpoints,
                                              policy::DnsFacts facts,
                                              base::Error missing) {
  job.options.enforcement = client::Enforcement::look_only;
  const policy::Requirement nobody = policy::only_looked_at(policy::Requirement());
  const client::Terms terms{std::move(facts), nobody, nullptr};
  auto out = co_await probe_each(here, job, std::move(endpoints), terms);
  for (client::Report& peer : out) {
    peer.verdict.reset();
    if (!peer.error) peer.error = missing;
  }
  co_return out;
}

/// Every address, by terms that are looked up once.
io::Task<Checked> check_each(const Surroundings& here, resolver::Resolver& resolver,
                             const CheckJob& job, client::Location location) {
  Checked out;
  const auto endpoints = location.endpoints;
  here.waiting.at(job.word + ": looking up its TLSA records");
  auto lookup = co_await client::look_up(resolver, std::move(location), job.target.port,
                                         job.demand);
  out.facts = lookup.facts;
  if (lookup.requirement) {
    const client::Terms terms{lookup.facts, *lookup.requirement, job.store()};
    out.peers = co_await probe_each(here, job, endpoints, terms);
    co_return out;
  }
  out.error = lookup.requirement.error();
  if (out.error->code == base::Code::no_tlsa) {
    out.facts.owner = owner_at(job, out.facts);
    out.peers = co_await look_at(here, job, endpoints, out.facts, *out.error);
  }
  co_return out;
}

/// A name without addresses may be that of a mail domain.
io::Task<std::string> hint_for(resolver::Resolver& resolver, const CheckJob& job) {
  const auto* name = std::get_if<dns::Name>(&job.target.host);
  if (name == nullptr) co_return "";
  const auto answer = co_await resolver.look_up<resolver::record::Mx>(*name);
  if (!answer || answer->records.empty()) co_return "";
  co_return "; it is a mail domain, whose mail servers are checked by: dane audit " +
      base::printable(job.word, base::kName);
}

io::Task<Checked> check_all(const Surroundings& here, resolver::Resolver& resolver,
                            const CheckJob& job) {
  here.waiting.at(job.word + ": looking up its addresses");
  auto location = co_await client::locate(resolver, job.target, job.demand);
  Checked out;
  if (!location) {
    out.error = location.error();
    if (out.error->code == base::Code::no_address) {
      out.error->detail += co_await hint_for(resolver, job);
    }
    co_return out;
  }
  auto endpoints = wanted_endpoints(job, std::move(location->endpoints));
  if (!endpoints) {
    out.error = endpoints.error();
    co_return out;
  }
  location->endpoints = std::move(*endpoints);
  if (job.first_alone) {
    co_return co_await check_one(here, resolver, job, std::move(*location));
  }
  co_return co_await check_each(here, resolver, job, std::move(*location));
}

base::Result<Outcome> check(const Arguments& arguments) {
  const auto job = check_job(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  WaitingLine waiting(loop);
  const Surroundings here{loop, waiting};
  Checked checked = io::run_task(loop, check_all(here, **resolver, *job));
  waiting.clear();
  checked.every = job->every;
  const Outcome outcome = outcome_of(checked);
  if (arguments.has("json")) {
    print(json_of(*job, checked));
  } else if (checked.error && outcome != Outcome::findings) {
    return tl::unexpected(*checked.error);
  } else {
    const Telling telling{Paint(), output_columns(), job->verbose};
    print(text_of(*job, checked, telling, client::wall_clock()));
  }
  return outcome;
}

const std::string kHelp = std::string(kCheckUsage) +
                          R"(

Connects, and says whether the server proves to be who the DNS says, what that
stands on, and what to do if it does not. HOST may be HOST:PORT or a URL. PORT
is a number or a service; 443 if there is none. Ports of protocols that begin in
clear text (25, 587, 143, 110, 21, 119, 389, 4190, 5222, 5269, 5432) imply their
--starttls.

  --starttls PROTOCOL    smtp, lmtp, imap, pop3, nntp, ftp, sieve, xmpp,
                         xmpp-server, ldap or postgres; none for TLS from the
                         first octet
  --policy LEVEL         as sslclient's (dane)
  --ca F                 trust store: a file or a directory (also --roots)
  --record R             a TLSA record in place of those of the DNS: 'U S M HEX'
                         or a line of a zone file; repeatable
  --name N               a name that the server must have, in place of HOST
  --dane-ee-names        compare names under usage 3 too
  -4, -6                 IPv4 or IPv6 addresses alone
  --source ADDRESS       where connections come from
  --first                the first address that answers alone, not all of them
  --all-addresses        one that is not reached counts, even if another is
                         verified
  --cert F, --key F      a certificate of our own for servers that ask, and its
                         key
  --timeout N            seconds (1.5 is possible) to connect, and again for
                         dialogue and handshake (10)
  -v, --verbose          what became of each record at each address
  --json[=FILE|FD]       one JSON object
)" + kResolverHelp;

}  // namespace

const Command kCheck = {"check", "connect to a server and see what it proves", kHelp,
                        with_resolver_options(with_job_options({{"first", false},
                                                                {"all-addresses", false},
                                                                {"verbose", false, 'v'},
                                                                {"json", false}})),
                        check};

}  // namespace cli::dane

#include "cli/dane/check_host.h"

#include "src/base/bytes.h"

namespace cli::dane {
namespace {

/// One connection to the first of these endpoints that answers, judged.
io::Task<client::Report> probe(const Surroundings& here, const CheckJob& job,
                               std::vector<net::Endpoint> endpoints,
                               client::TermsLookup terms) {
  client::Options options = flow_options(job, here.waiting);
  options.moment = here.contact.moment();
  const auto connection = co_await here.contact.reach(job.target, std::move(endpoints),
                                                      std::move(terms), options);
  client::Report report = client::empty_report(wanted_of(job));
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
  policy::Requirement nobody = policy::only_looked_at(policy::Requirement());
  nobody.names =
      facts.names;  // the server name that is sent: many show others without it
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

}  // namespace

io::Task<Checked> check_host(const Surroundings& here, resolver::Resolver& resolver,
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
  location->referral = job.referral;
  auto endpoints =
      client::wanted_endpoints(wanted_of(job), std::move(location->endpoints));
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

}  // namespace cli::dane

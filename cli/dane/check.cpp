// dane check: connects for real and shows what the peer proves.

#include <algorithm>
#include <array>

#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/dane/resolving.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "src/base/json.h"
#include "src/client/report.h"
#include "src/io/host_name.h"
#include "src/io/run_task.h"
#include "src/tls/certificate_text.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane check [OPTIONS] HOST [PORT]";

/// All that is wanted of a check.
struct Job {
  std::string word;
  client::Target target;
  policy::Demand demand;
  client::Options options;
  std::optional<starttls::Protocol> starttls;
  std::optional<verify::Roots> roots;
  bool all_addresses = false;

  [[nodiscard]] const verify::Roots* store() const { return roots ? &*roots : nullptr; }
};

/// What came of it: the DNS facts, and a report for each address that was tried.
struct Checked {
  policy::DnsFacts facts;
  std::vector<client::Report> peers;
  std::optional<base::Error> error;  ///< before any address could be tried
};

std::uint16_t port_of(const std::optional<starttls::Protocol>& protocol) {
  using starttls::Protocol;
  constexpr std::uint16_t kHttps = 443;
  constexpr std::array<std::pair<Protocol, std::uint16_t>, 11> kPorts = {
      {{Protocol::smtp, 25},
       {Protocol::lmtp, 24},
       {Protocol::imap, 143},
       {Protocol::pop3, 110},
       {Protocol::nntp, 119},
       {Protocol::ftp, 21},
       {Protocol::sieve, 4190},
       {Protocol::xmpp, 5222},
       {Protocol::xmpp_server, 5269},
       {Protocol::ldap, 389},
       {Protocol::postgres, 5432}}};
  for (const auto& [known, port] : kPorts) {
    if (protocol == known) return port;
  }
  return kHttps;
}

base::Result<void> read_target(const Arguments& arguments, Job& job) {
  job.word = arguments.words()[0];
  auto host = client::parse_host(job.word);
  if (!host) return tl::unexpected(host.error());
  job.target.host = std::move(*host);
  if (const auto word = arguments.value("starttls")) {
    job.starttls = starttls::protocol_from_text(*word);
    if (!job.starttls) {
      return usage_error("--starttls " + base::printable(*word, 60) + " is none of " +
                         starttls::protocol_words());
    }
  }
  job.target.port = port_of(job.starttls);
  if (arguments.words().size() > 1) {
    const auto port = parse_port(arguments.words()[1]);
    if (!port) return tl::unexpected(port.error());
    job.target.port = *port;
  }
  return {};
}

base::Result<void> read_demand(const Arguments& arguments, Job& job) {
  if (const auto word = arguments.value("policy")) {
    const auto level = policy::level_from_text(*word);
    if (!level)
      return usage_error("--policy " + base::printable(*word, 60) + " is unknown");
    job.demand.level = *level;
  }
  auto names = names_of(arguments);
  if (!names) return tl::unexpected(names.error());
  job.demand.names = std::move(*names);
  if (arguments.has("dane-ee-names")) job.demand.name_check = policy::NameCheck::dane_ee;
  if (job.starttls == starttls::Protocol::smtp) {
    job.demand.service = policy::Service::smtp;
  }
  if (const auto path = arguments.value("roots")) {
    auto roots = load_roots(*path);
    if (!roots) return tl::unexpected(roots.error());
    job.roots = std::move(*roots);
    job.demand.without_tlsa = policy::WithoutTlsa::pkix;
  }
  if (policy::wants_trust_store(job.demand.level) && !job.roots) {
    return usage_error("this policy needs --roots");
  }
  return {};
}

base::Result<Job> job_of(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(1, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  Job job;
  if (auto ok = read_target(arguments, job); !ok) return tl::unexpected(ok.error());
  if (auto ok = read_demand(arguments, job); !ok) return tl::unexpected(ok.error());
  std::chrono::seconds limit{10};
  if (const auto word = arguments.value("timeout")) {
    const auto seconds = parse_number("--timeout", *word, {1, 3600});
    if (!seconds) return tl::unexpected(seconds.error());
    limit = std::chrono::seconds(*seconds);
  }
  job.options.connect = {limit, std::chrono::seconds(0)};
  job.options.handshake_limit = limit;
  job.all_addresses = arguments.has("all-addresses");
  return job;
}

// --- the work

client::Options options_of(const Job& job) {
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

client::Report empty_report(const Job& job) {
  client::Report out;
  out.host = job.word;
  out.port = job.target.port;
  out.level = job.demand.level;
  return out;
}

/// One connection to the first of these endpoints that answers, judged.
io::Task<client::Report> probe(io::Loop& loop, const Job& job,
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
io::Task<Checked> check_one(io::Loop& loop, resolver::Resolver& resolver, const Job& job,
                            client::Location location) {
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
io::Task<Checked> check_each(io::Loop& loop, resolver::Resolver& resolver, const Job& job,
                             client::Location location) {
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
                            const Job& job) {
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

// --- what it came to

Outcome outcome_of(const std::optional<base::Error>& error) {
  if (!error) return Outcome::fine;
  if (base::is_about_proof(error->code)) return Outcome::findings;
  return cli::dane::outcome_of(error->kind);
}

/// A peer that is not proved outweighs one that is not reached.
Outcome outcome_of(const Checked& checked) {
  if (checked.error) return outcome_of(checked.error);
  Outcome out = Outcome::fine;
  for (const client::Report& peer : checked.peers) {
    const Outcome one = outcome_of(peer.error);
    if (one == Outcome::findings || out == Outcome::fine) out = one;
  }
  return out;
}

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::fine:
      return "proved";
    case Outcome::findings:
      return "not-proved";
    default:
      return "undecided";
  }
}

std::string json_of(const Job& job, const Checked& checked) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", job.word).member("port", job.target.port);
  json.member("status", word_of(outcome_of(checked)));
  json.key("peers").begin_array();
  std::vector<client::Report> peers = checked.peers;
  if (checked.error) {
    client::Report report;
    report.host = job.word;
    report.port = job.target.port;
    report.level = job.demand.level;
    report.facts = checked.facts;
    report.error = checked.error;
    peers.push_back(std::move(report));
  }
  for (const client::Report& peer : peers) client::write_report(json, peer);
  json.end_array().end_object();
  return json.text() + "\n";
}

std::string facts_in_words(const policy::DnsFacts& facts, const Paint& paint) {
  std::string out = "TLSA " + std::string(policy::to_text(facts.state));
  if (!facts.owner.text().empty()) out += " at " + facts.owner.text();
  if (facts.state != policy::TlsaState::present) return paint.doubtful(out);
  out += ", TTL " + to_words(facts.ttl);
  if (facts.signed_until) {
    out +=
        ", signatures good for " + to_words(*facts.signed_until - client::wall_clock());
  }
  return out;
}

std::string chain_in_words(const verify::Chain& chain, const Paint& paint) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  if (certificates == nullptr) return "  chain    a raw public key\n";
  std::string out;
  std::size_t depth = 0;
  for (const base::Bytes& der : *certificates) {
    const auto words = tls::describe_certificate(der);
    const auto parts = verify::parse_certificate(der);
    out += (depth == 0 ? "  chain    " : "           ") + std::to_string(depth) + "  " +
           (words.subject.empty() ? "(no subject)" : base::printable(words.subject)) +
           "\n";
    ++depth;
    if (!parts) continue;
    const auto validity = verify::validity_of(*parts);
    out += paint.faint("              " + words.key_algorithm + ", until " +
                       (validity ? verify::to_text(validity->not_after) : "?") +
                       ", SPKI SHA2-256 " +
                       base::to_hex(verify::sha256(parts->spki)).substr(0, 16) + "...") +
           "\n";
  }
  return out;
}

std::string peer_in_words(const client::Report& report, const Paint& paint) {
  std::string out =
      paint.strong(report.peer ? net::to_text(report.peer->address) : "?") + "\n";
  if (report.session) {
    out += "  session ";
    for (const std::string& word :
         {report.session->protocol, report.session->cipher, report.session->group}) {
      if (!word.empty()) out += " " + word;
    }
    out += "\n" + chain_in_words(report.chain, paint);
  }
  if (report.verdict) {
    out += notes_of(*report.verdict, report.facts.records, paint, "  ");
  }
  const std::string word = client::reason_word(report);
  const Outcome outcome = outcome_of(report.error);
  const std::string verdict = outcome == Outcome::fine ? paint.good("proved")
                              : outcome == Outcome::findings
                                  ? paint.bad("not proved")
                                  : paint.doubtful("undecided");
  return out + "  verdict  " + verdict + ": " + client::reason_line(report) + " (" +
         word + ")\n";
}

std::string text_of(const Job& job, const Checked& checked, const Paint& paint) {
  std::string out = paint.strong(base::printable(job.word, 255) + ":" +
                                 std::to_string(job.target.port)) +
                    "  " + facts_in_words(checked.facts, paint) + "\n";
  for (const client::Report& peer : checked.peers) out += peer_in_words(peer, paint);
  return out;
}

base::Result<Outcome> check(const Arguments& arguments) {
  const auto job = job_of(arguments);
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
    print(text_of(*job, checked, paint));
    if (checked.error) {
      print("  verdict  " + paint.bad("not proved") + ": " +
            base::printable(checked.error->detail, 600) + "\n");
    }
  }
  return outcome;
}

const std::string kHelp =
    std::string(kUsage) +
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

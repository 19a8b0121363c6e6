// dane check: connects for real and shows what the peer proves.

#include <algorithm>
#include <array>

#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/dane/resolving.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "src/base/json.h"
#include "src/client/secure.h"
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
  client::Means means;
  io::ConnectTimeouts timeouts{std::chrono::seconds(10), std::chrono::seconds(0)};
  std::optional<verify::Roots> roots;
  bool all_addresses = false;
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
    job.means.starttls = starttls::protocol_from_text(*word);
    if (!job.means.starttls) {
      return usage_error("--starttls " + base::printable(*word, 60) + " is none of " +
                         starttls::protocol_words());
    }
  }
  job.target.port = port_of(job.means.starttls);
  if (arguments.words().size() > 1) {
    const auto port = parse_port(arguments.words()[1]);
    if (!port) return tl::unexpected(port.error());
    job.target.port = *port;
  }
  job.means.peer_name = client::to_text(job.target.host);
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
  if (job.means.starttls == starttls::Protocol::smtp) {
    job.demand.service = policy::Service::smtp;
  }
  if (const auto path = arguments.value("roots")) {
    auto roots = load_roots(*path);
    if (!roots) return tl::unexpected(roots.error());
    job.roots = std::move(*roots);
    job.demand.without_tlsa = policy::WithoutTlsa::pkix;
  }
  const bool needs_roots = job.demand.level == policy::Level::pkix ||
                           job.demand.level == policy::Level::dane_and_pkix;
  if (needs_roots && !job.roots) return usage_error("this policy needs --roots");
  return {};
}

base::Result<Job> job_of(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(1, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  Job job;
  if (auto ok = read_target(arguments, job); !ok) return tl::unexpected(ok.error());
  if (auto ok = read_demand(arguments, job); !ok) return tl::unexpected(ok.error());
  if (const auto word = arguments.value("timeout")) {
    const auto seconds = parse_number("--timeout", *word, {1, 3600});
    if (!seconds) return tl::unexpected(seconds.error());
    job.timeouts.first = std::chrono::seconds(*seconds);
  }
  job.means.limit = job.timeouts.first;
  job.all_addresses = arguments.has("all-addresses");
  return job;
}

// --- the work

/// One connection to one of these endpoints, judged.
io::Task<client::Report> probe(io::Loop& loop, const Job& job, client::Report report,
                               std::vector<net::Endpoint> endpoints,
                               policy::Requirement requirement) {
  const verify::Context context{
      client::wall_clock(), job.roots ? &*job.roots : nullptr, {}};
  for (;;) {
    auto outcome = co_await io::connect_any(loop, endpoints, io::Source{}, job.timeouts);
    if (!outcome.socket) {
      const io::ConnectFailure& last = outcome.failures.back();
      report.peer = last.peer;
      report.error = base::Error{base::ErrorKind::temporary, base::Code::connect,
                                 "unable to connect: " + last.error.detail};
      co_return report;
    }
    report.peer = outcome.peer;
    const auto session = co_await client::secure(loop, outcome.socket, requirement,
                                                 job.means, context, report);
    if (session) co_return report;
    auto second = session.error().code == base::Code::key_usage
                      ? client::despite_key_usage(requirement)
                      : std::optional<policy::Requirement>();
    if (!second || requirement.only_dane_ee) {
      report.error = session.error();
      co_return report;
    }
    requirement = std::move(*second);
    endpoints.assign(1, outcome.peer);
  }
}

io::Task<Checked> check_all(io::Loop& loop, resolver::Resolver& resolver,
                            const Job& job) {
  Checked out;
  auto finding = co_await client::find(resolver, job.target, job.demand);
  out.facts = std::move(finding.facts);
  if (!finding.result) {
    out.error = finding.result.error();
    co_return out;
  }
  client::Report report;
  report.host = job.word;
  report.port = job.target.port;
  report.level = job.demand.level;
  report.facts = out.facts;
  const auto& found = *finding.result;
  if (!job.all_addresses) {
    out.peers.push_back(
        co_await probe(loop, job, report, found.endpoints, found.requirement));
    co_return out;
  }
  for (const net::Endpoint& endpoint : found.endpoints) {
    const std::vector<net::Endpoint> one(1, endpoint);
    out.peers.push_back(co_await probe(loop, job, report, one, found.requirement));
  }
  co_return out;
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

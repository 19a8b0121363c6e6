// dane audit: is the DANE mail deployment of a domain, or of millions, correct?

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "cli/audit/input.h"
#include "cli/audit/monitoring.h"
#include "cli/audit/output.h"
#include "cli/audit/run.h"
#include "cli/audit/watch.h"
#include "cli/dane/command.h"
#include "cli/dane/resolving.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "cli/start.h"
#include "cli/terminal.h"
#include "src/client/trust_store.h"
#include "src/io/host_name.h"
#include "src/io/interfaces.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage =
    "usage: dane audit [OPTIONS] DOMAIN...\n       dane audit [OPTIONS] -f FILE";

/// Whether a word may stand behind EHLO: a domain or an address literal (RFC 5321 4.1.3).
bool is_helo(std::string_view word) {
  if (word.starts_with('[') && word.ends_with(']')) {
    word = word.substr(1, word.size() - 2);
    if (word.starts_with("IPv6:")) word.remove_prefix(5);
    return net::parse_address(word).has_value();
  }
  const auto name = dns::Name::parse(word);
  return name && name->is_host() && base::is_ascii(word);
}

/// What the command line asks for.
struct Job {
  ::audit::EngineSettings engine;
  audit::Wanted wanted;
  std::optional<std::chrono::seconds> watch;
  std::string command;  ///< for each change that --watch sees
  std::optional<verify::Roots> sts_roots;
};

/// A number of an option, if it is there.
base::Result<void> read_number(const Arguments& arguments, const char* option,
                               std::pair<unsigned long, unsigned long> least_and_most,
                               const std::function<void(unsigned long)>& set) {
  const auto word = arguments.value(option);
  if (!word) return {};
  const auto number =
      parse_number("--" + std::string(option), *word, std::move(least_and_most));
  if (!number) return tl::unexpected(number.error());
  set(*number);
  return {};
}

base::Result<void> read_probing(const Arguments& arguments, Job& job) {
  auto& survey = job.engine.survey;
  survey.thorough = !arguments.has("quick");
  if (arguments.has("no-private-addresses")) {
    survey.reach = ::audit::Reach::public_only;
    job.engine.resolver.public_only = true;
  }
  survey.ways.helo = arguments.value("helo").value_or(io::host_name());
  if (arguments.has("helo") && !is_helo(survey.ways.helo)) {
    return usage_error("--helo is no host name and no address in brackets");
  }
  constexpr std::chrono::seconds kReply{30}, kConnect{10};
  survey.ways.connect_limit = kConnect;
  survey.ways.greeting_limit = kReply;
  survey.ways.remote_limit = kReply;
  if (const auto word = arguments.value("probe")) {
    if (*word == "none") {
      survey.probe = ::audit::Probe::none;
    } else if (*word == "all") {
      survey.probe = ::audit::Probe::all;
    } else if (*word != "dane") {
      return usage_error("--probe is none of none, dane, all");
    }
  }
  if (const auto word = arguments.value("source")) {
    survey.ways.source.address = net::parse_address(*word);
    if (!survey.ways.source.address) return usage_error("--source is no address");
    if (!io::can_bind(*survey.ways.source.address)) {
      return usage_error("--source " + net::to_text(*survey.ways.source.address) +
                         " is no address of this machine");
    }
  }
  return read_number(arguments, "timeout", {1, 3600}, [&](unsigned long seconds) {
    survey.ways.connect_limit = std::chrono::seconds(seconds);
    survey.ways.greeting_limit = survey.ways.connect_limit;
    survey.ways.remote_limit = survey.ways.connect_limit;
  });
}

base::Result<void> read_trust_store(const Arguments& arguments, Job& job) {
  const auto file = arguments.value("mta-sts-ca");
  if (!file) return {};
  if (arguments.has("quick")) return usage_error("--mta-sts-ca does not go with --quick");
  auto roots = client::load_trust_store(*file, "");
  if (!roots) return tl::unexpected(roots.error());
  job.sts_roots = std::move(*roots);
  return {};
}

base::Result<void> read_limits(const Arguments& arguments, Job& job) {
  auto& engine = job.engine;
  engine.threads = std::max(1U, std::thread::hardware_concurrency());
  constexpr unsigned long kMany = 1'000'000;
  const auto size = [](std::size_t& into) {
    return [&into](unsigned long number) { into = number; };
  };
  base::Result<void> ok =
      read_number(arguments, "parallel", {1, kMany}, size(engine.in_flight));
  if (ok) ok = read_number(arguments, "threads", {1, 1024}, size(engine.threads));
  if (ok) {
    ok = read_number(arguments, "per-address", {1, kMany},
                     size(engine.limits.for_address));
  }
  if (ok) {
    ok = read_number(arguments, "per-network", {1, kMany},
                     size(engine.limits.for_network));
  }
  if (ok) {
    ok = read_number(arguments, "rate", {1, kMany}, [&](unsigned long number) {
      engine.limits.each_second = static_cast<double>(number);
    });
  }
  if (ok) {
    ok = read_number(arguments, "retries", {0, 100}, [&](unsigned long number) {
      engine.survey.retries = static_cast<unsigned>(number);
    });
  }
  if (ok) {
    ok = read_number(arguments, "retry-wait", {0, 86'400}, [&](unsigned long number) {
      engine.survey.retry_wait = std::chrono::seconds(number);
    });
  }
  return ok;
}

base::Result<void> read_reports(const Arguments& arguments, Job& job) {
  auto& wanted = job.wanted;
  wanted.verbose = arguments.has("verbose");
  wanted.json = arguments.has("json");
  wanted.output = arguments.value("output");
  wanted.resume = arguments.has("resume");
  wanted.html = arguments.value("html");
  wanted.sqlite = arguments.value("sqlite");
  wanted.prometheus = arguments.value("prometheus");
  wanted.nagios = arguments.has("nagios");
  wanted.progress = !arguments.has("no-progress");
  if (wanted.nagios && (wanted.json || wanted.output == "-")) {
    return usage_error("--nagios is one line and no other");
  }
  if (wanted.resume && (!wanted.output || *wanted.output == "-")) {
    return usage_error("--resume needs --output FILE");
  }
  wanted.text = !wanted.json && !wanted.output && !wanted.html && !wanted.sqlite &&
                !wanted.prometheus && !wanted.nagios;
  if (const auto word = arguments.value("watch")) {
    const auto span = parse_span(*word);
    if (!span) return tl::unexpected(span.error().in("--watch"));
    if (span->count() < 1) return usage_error("--watch wants a second or more");
    if (!wanted.text) return usage_error("--watch reports changes and nothing else");
    job.watch = *span;
  }
  job.command = arguments.value("exec").value_or("");
  if (!job.command.empty() && !job.watch) return usage_error("--exec goes with --watch");
  return {};
}

base::Result<Job> job_of(const Arguments& arguments) {
  Job job;
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  job.engine.resolver = *config;
  if (arguments.has("trust-ad")) {
    if (!config->unbound_conf.empty()) {
      return usage_error("--trust-ad does not go with --unbound-conf");
    }
    if (config->upstream == resolver::Upstream::recursion) {
      return usage_error("--trust-ad does not go with --forward recursion");
    }
    job.engine.resolver.validation = resolver::Validation::upstream;
  }
  base::Result<void> ok = read_probing(arguments, job);
  if (ok) ok = read_trust_store(arguments, job);
  if (ok) ok = read_limits(arguments, job);
  if (ok) ok = read_reports(arguments, job);
  if (!ok) return tl::unexpected(ok.error());
  return job;
}

base::Result<::audit::DomainStream> source_of(const Arguments& arguments, Job& job) {
  const auto file = arguments.value("file");
  if (file.has_value() != arguments.words().empty()) {
    return usage_error("domains, or --file and none; see dane audit --help");
  }
  if (arguments.values("file").size() > 1)
    return usage_error("--file stands there twice");
  if (file) {
    const bool is_shown = job.wanted.progress && isatty(STDERR_FILENO) != 0;
    if (is_shown) job.wanted.total = audit::count_domains(*file);
    std::size_t column = 0;
    auto read = read_number(arguments, "column", {1, 1000},
                            [&](unsigned long number) { column = number; });
    if (!read) return tl::unexpected(read.error());
    return audit::from_file(*file, column);
  }
  if (arguments.has("column")) return usage_error("--column goes with --file");
  job.wanted.total = arguments.words().size();
  // A loop and a resolver more cost more than a handful of domains.
  const std::size_t count = arguments.words().size();
  job.engine.threads = std::min(job.engine.threads, (count + 9) / 10);
  job.engine.in_flight = std::min(job.engine.in_flight, std::max<std::size_t>(count, 2));
  return audit::from_words(arguments.words());
}

/// Takes all the file descriptors that may be had, and no more domains at once than they
/// serve: a domain's look-ups and connections run side by side.
void fit_descriptors(::audit::EngineSettings& engine) {
  constexpr rlim_t kForAll = 40, kForEach = 8;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t rest = limit.rlim_cur - std::min(limit.rlim_cur, kForAll);
  const std::size_t most = std::max<rlim_t>(rest / kForEach, 1);
  if (engine.in_flight <= most) return;
  std::fprintf(stderr,
               "dane: warning: %llu file descriptors are enough for %zu domains in "
               "flight\n",
               static_cast<unsigned long long>(limit.rlim_cur), most);
  engine.in_flight = most;
  engine.threads = std::min(engine.threads, most);
}

Outcome outcome_of(::audit::Grade worst) {
  switch (worst) {
    case ::audit::Grade::enforced:
      return Outcome::fine;
    case ::audit::Grade::undecided:
      return Outcome::undecided;
    case ::audit::Grade::bad_input:
      return Outcome::bad_input;
    default:
      return Outcome::findings;
  }
}

std::string finding_page() {
  std::string out =
      "# Findings of dane audit\n\n"
      "Written by `dane audit --catalogue`. A code is stable; an *error* keeps a domain "
      "from\nbeing `enforced`, a *warning* should be mended, a *note* is worth "
      "knowing.\n";
  for (const ::audit::Kind& kind : ::audit::catalogue()) {
    out += "\n## " + std::string(kind.word) + "\n\n" +
           std::string(::audit::to_text(kind.severity)) + ": " + std::string(kind.title) +
           " (" + std::string(kind.source) + "). " + std::string(kind.advice) + "\n";
  }
  return out;
}

/// No file is for two things, whatever it is called; pipes and devices may be.
base::Result<void> check_files(const Arguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code none;
  std::vector<fs::path> files;
  for (const char* option : {"file", "output", "html", "sqlite", "prometheus"}) {
    const auto word = arguments.value(option);
    if (!word || *word == "-") continue;
    const fs::path file = audit::target_of(*word);
    if (fs::exists(file, none) && !fs::is_regular_file(file, none)) continue;
    for (const fs::path& other : files) {
      if (file == other || fs::equivalent(file, other, none)) {
        return usage_error(*word + " is asked for twice");
      }
    }
    files.push_back(file);
  }
  return {};
}

base::Result<Outcome> run_audit(const Arguments& arguments) {
  if (auto good = check_files(arguments); !good) return tl::unexpected(good.error());
  auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  auto source = source_of(arguments, *job);
  if (!source) return tl::unexpected(source.error());
  if (const auto file = arguments.value("file")) {
    if (auto any = audit::check_not_empty(*file); !any)
      return tl::unexpected(any.error());
  }
  fit_descriptors(job->engine);
  if (job->sts_roots) job->engine.survey.sts_roots = &*job->sts_roots;
  if (job->watch) {
    auto watched = audit::watch(job->engine, *source, *job->watch, job->command);
    if (!watched) return tl::unexpected(watched.error());
    return static_cast<Outcome>(128 + *watched);
  }
  const auto ended = audit::run(job->engine, std::move(*source), job->wanted);
  if (!ended) return tl::unexpected(ended.error());
  const bool quiet = job->wanted.nagios || ended->tally.domains() < 2;
  if (!quiet || ended->signal != 0) {
    std::fprintf(stderr, "dane: %s%llu domains in %.1f s: %s\n",
                 ended->signal != 0 ? "interrupted; " : "",
                 static_cast<unsigned long long>(ended->tally.domains()),
                 static_cast<double>(ended->took.count()) / 1000.0,
                 audit::in_words(ended->tally).c_str());
  }
  if (ended->signal != 0 && job->wanted.nagios) {
    print(audit::nagios_unknown("interrupted"));
    return static_cast<Outcome>(audit::Nagios::unknown);
  }
  if (ended->signal != 0) return static_cast<Outcome>(128 + ended->signal);
  if (job->wanted.nagios) {
    return static_cast<Outcome>(audit::nagios_of(ended->tally));
  }
  return outcome_of(ended->tally.worst());
}

base::Result<Outcome> audit_command(const Arguments& arguments) {
  if (!arguments.has("catalogue")) return run_audit(arguments);
  print(finding_page());
  return Outcome::fine;
}

/// A plug-in says everything on standard output, also why it fails.
void prepare_plugin(const std::vector<std::string>& words) {
  if (std::ranges::find(words, "--nagios") == words.end()) return;
  set_last_word([](const std::string& why) {
    print(audit::nagios_unknown(why));
    (void)std::fflush(stdout);
    return static_cast<int>(audit::Nagios::unknown);
  });
}

const std::string kHelp =
    std::string(kUsage) +
    "\n\nSays for each domain whether a sender that enforces DANE can deliver, what is "
    "wrong,\n"
    "and what to do about it.\n\n"
    "  -f, --file F           domains from F, one a line, # comments; - is standard "
    "input\n"
    "      --column N         the domain stands in column N of lines with commas between "
    "them\n"
    "  -v, --verbose          every record and certificate\n"
    "      --json             a JSON object a line for each domain\n"
    "  -o, --output F         the same into F\n"
    "      --resume           go on where F ends\n"
    "      --html F           one page with everything in it\n"
    "      --sqlite F         a database\n"
    "      --prometheus F     for the node exporter's textfile collector\n"
    "      --nagios           one line, as a plug-in\n"
    "      --watch SPAN       again and again (1h), changes only\n"
    "      --exec COMMAND     for each change, by sh, the change on its standard input\n"
    "      --catalogue        all that can be found, and what it means\n"
    "      --no-progress      no progress line on a terminal\n\n"
    "  --probe WHICH          mail hosts that are connected to: none, dane (those with "
    "TLSA,\n"
    "                         the default), all\n"
    "  --quick                only what a delivery asks for: no MTA-STS, no TLSRPT, no "
    "keys\n"
    "                         of zones, no single name server, one connection an "
    "address\n"
    "  --mta-sts-ca FILE      fetch MTA-STS policies too; the CAs that prove their "
    "hosts\n"
    "  --no-private-addresses connect to no address of private networks, this machine "
    "or\n"
    "                         another special use: for a service that others ask\n"
    "  --trust-ad             believe the AD bit of the resolver on this machine "
    "(faster)\n"
    "  --helo NAME            what we call ourselves (this host)\n"
    "  --source ADDRESS       where connections come from\n"
    "  --timeout N            seconds to connect, and for each reply (10, 30)\n"
    "  --retries N            after a refusal for now, or what may be an accident (1)\n"
    "  --retry-wait N         seconds before each (20)\n"
    "  --parallel N           domains in flight (1000)\n"
    "  --threads N            loops (one for each core)\n"
    "  --per-address N        connections at once to an address (2)\n"
    "  --per-network N        to an IPv4 /24 or IPv6 /48 (20)\n"
    "  --rate N               connections begun in a second (200)\n" +
    kResolverHelp +
    "\nExit status: 0 all enforced, 1 something is not, 2 bad input, 3 undecided and "
    "nothing\n"
    "worse; with --nagios 0 to 3 as plug-ins have it.\n";

}  // namespace

const Command kAudit = {
    "audit",
    "what is wrong with the DANE of mail domains",
    kHelp,
    with_resolver_options({{"column", true},       {"no-private-addresses", false},
                           {"file", true, 'f'},    {"verbose", false, 'v'},
                           {"json", false},        {"output", true, 'o'},
                           {"resume", false},      {"html", true},
                           {"sqlite", true},       {"prometheus", true},
                           {"nagios", false},      {"watch", true},
                           {"exec", true},         {"catalogue", false},
                           {"no-progress", false}, {"probe", true},
                           {"quick", false},       {"mta-sts-ca", true},
                           {"trust-ad", false},    {"helo", true},
                           {"source", true},       {"timeout", true},
                           {"retries", true},      {"retry-wait", true},
                           {"parallel", true},     {"threads", true},
                           {"per-address", true},  {"per-network", true},
                           {"rate", true}}),
    audit_command,
    prepare_plugin};

}  // namespace cli::dane

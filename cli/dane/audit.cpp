// dane audit: is the DANE mail deployment of a domain, or of millions, correct?

#include <algorithm>
#include <cstdio>

#include "cli/dane/audit/input.h"
#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/watch.h"
#include "cli/dane/audit_diff.h"
#include "cli/dane/audit_job.h"
#include "cli/dane/audit_outcome.h"
#include "cli/dane/audit_plan.h"
#include "cli/dane/resolving.h"
#include "cli/layout.h"
#include "cli/start.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage =
    "usage: dane audit [OPTIONS] DOMAIN...\n       dane audit [OPTIONS] -f FILE\n"
    "       dane audit diff [--json] OLD NEW";

std::string finding_page() {
  std::string out =
      "# Findings of dane audit\n\n"
      "Written by `dane audit --catalogue`. A code is stable; an *error* keeps a domain "
      "from\nbeing `enforced`, a *warning* should be mended, a *note* is worth "
      "knowing.\n";
  for (const audit::Kind& kind : audit::catalogue()) {
    out += "\n## " + std::string(kind.word) + "\n\n" +
           std::string(audit::to_text(kind.severity)) + ": " + std::string(kind.title) +
           " (" + std::string(kind.source) + "). " + std::string(kind.advice) + "\n";
  }
  return out;
}

/// One line about the run, where nothing that it has printed says as much.
void tell_end(const report::Ended& ended, const report::Wanted& wanted) {
  const bool interrupted = ended.signal != 0;
  const bool quiet = wanted.nagios || wanted.summary || ended.tally.domains() < 2;
  if (quiet && !interrupted) return;
  const std::string domains = counted(ended.tally.domains(), "domain");
  std::string before;
  if (ended.before > 0) before = " (" + std::to_string(ended.before) + " before)";
  const bool can_go_on = interrupted && wanted.output && *wanted.output != "-";
  std::fprintf(stderr, "dane: %s%s%s in %.1f s: %s%s\n",
               interrupted ? "interrupted; " : "", domains.c_str(), before.c_str(),
               static_cast<double>(ended.took.count()) / 1000.0,
               report::in_words(ended.tally).c_str(),
               !can_go_on         ? ""
               : wanted.overwrite ? "; --resume in place of --overwrite goes on"
                                  : "; the same command with --resume goes on");
}

/// Lists with ranks are common, and none of their lines is a domain: what reads them is
/// said before they are gone through.
void tell_column(const std::string& file, const Arguments& arguments) {
  if (arguments.has("column")) return;
  const auto column = report::column_of_domains(file);
  if (!column) return;
  std::fprintf(stderr,
               "dane: warning: %s begins with several columns: --column %zu reads the "
               "domains\n",
               base::printable(file, base::kLine).c_str(), *column);
}

base::Result<Outcome> run_audit(const Arguments& arguments) {
  if (auto good = check_files(arguments); !good) return tl::unexpected(good.error());
  auto job = audit_job(arguments);
  if (!job) return tl::unexpected(job.error());
  auto source = source_of(arguments, *job);
  if (!source) return tl::unexpected(source.error());
  if (const auto file = arguments.value("file")) {
    if (auto any = report::check_not_empty(*file); !any)
      return tl::unexpected(any.error());
    tell_column(*file, arguments);
  }
  take_descriptors(job->engine);
  if (job->sts_roots) job->engine.survey.sts_roots = &*job->sts_roots;
  if (job->watch) {
    auto watched = report::watch(job->engine, *source, *job->watch, job->command);
    if (!watched) return tl::unexpected(watched.error());
    return static_cast<Outcome>(128 + *watched);
  }
  const auto ended = report::run(job->engine, std::move(*source), job->wanted);
  if (!ended) return tl::unexpected(ended.error());
  tell_end(*ended, job->wanted);
  if (ended->signal != 0 && job->wanted.nagios) {
    print(report::nagios_unknown("interrupted"));
  }
  return outcome_of(*ended, job->wanted);
}

base::Result<Outcome> audit_command(const Arguments& arguments) {
  if (!arguments.words().empty() && arguments.words().front() == "diff") {
    return audit_diff(arguments);
  }
  if (!arguments.has("catalogue")) return run_audit(arguments);
  if (!arguments.words().empty()) {
    return usage_error("--catalogue takes no words: dane explain " +
                       base::printable(arguments.words().front(), base::kWord));
  }
  print(finding_page());
  return Outcome::fine;
}

/// A plug-in says everything on standard output, also why it fails.
void prepare_plugin(const std::vector<std::string>& words) {
  if (std::ranges::find(words, "--nagios") == words.end()) return;
  set_last_word([](const std::string& why) {
    print(report::nagios_unknown(why));
    (void)std::fflush(stdout);
    return static_cast<int>(report::Nagios::unknown);
  });
}

const std::string kHelp = std::string(kUsage) + R"(

Says for each domain whether a sender that enforces DANE can deliver, what is
wrong, and what to do about it. With diff: what has changed between two runs,
from the lines of JSON that -o has written.

  -f, --file F           domains from F, one a line, # comments; - is standard
                         input
      --column N         the domain stands in column N of lines with commas
                         between them
  -v, --verbose          every domain in full, every record and certificate
      --summary          what all of them add up to, and nothing of each
      --only GRADE,...   only domains of these grades: broken,partial
      --csv              comma-separated values, a line for each domain
      --json             a JSON object a line for each domain
  -o, --output F         lines of JSON into F, which must be new or empty
      --resume           go on where F ends
      --overwrite        begin F anew
      --html F           one page with everything in it
      --sqlite F         a database
      --prometheus F     for the node exporter's textfile collector
      --nagios           one line, as a plug-in
      --warn-days N      WARNING for a certificate that ends within N days (7)
      --critical-days N  CRITICAL for one that ends within N days (2)
      --watch SPAN       again and again (1h), changes only
      --exec COMMAND     for each change, by sh, the change on its standard
                         input
      --catalogue        all that can be found, and what it means
      --no-progress      no progress line on a terminal

  --probe WHICH          mail servers that are connected to: none, dane (those
                         with TLSA, the default), all
  --quick                only what a delivery asks for: no MTA-STS, no TLSRPT,
                         no keys of zones, no single name server, one connection
                         an address
  --ca F                 fetch MTA-STS policies too; the trust store that proves
                         their hosts, a file or a directory (also --mta-sts-ca)
  --no-private-addresses connect to no address of private networks, this machine
                         or another special use: for a service that others ask
  --trust-ad             believe the AD bit of the resolver on this machine
                         (faster)
  --helo NAME            what we call ourselves (this host)
  -4, -6                 connect to IPv4 or IPv6 addresses alone
  --source ADDRESS       where connections come from
  --timeout N            seconds (1.5 is possible) to connect, and for each
                         reply (10, 30)
  --retries N            after a refusal for now, or what may be an accident (1)
  --retry-wait N         seconds before each (20)
  --parallel N           domains in flight (1000)
  --threads N            loops (one for each core)
  --per-address N        connections at once to an address (2)
  --per-network N        to an IPv4 /24 or IPv6 /48 (20)
  --rate N               connections begun in a second (200)
)" + kResolverHelp +
                          R"(
Exit status: 0 all enforced, 1 something is not, 2 bad input, 3 undecided and
nothing worse; with --nagios 0 to 3 as plug-ins have it.
)";

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
                           {"csv", false},         {"summary", false},
                           {"only", true},         {"overwrite", false},
                           {"warn-days", true},    {"critical-days", true},
                           {"exec", true},         {"catalogue", false},
                           {"no-progress", false}, {"probe", true},
                           {"quick", false},       {"mta-sts-ca", true},
                           {"ca", true},           {"roots", true},
                           {"trust-ad", false},    {"helo", true},
                           {"source", true},       {"ipv4", false, '4'},
                           {"ipv6", false, '6'},   {"timeout", true},
                           {"retries", true},      {"retry-wait", true},
                           {"parallel", true},     {"threads", true},
                           {"per-address", true},  {"per-network", true},
                           {"rate", true}}),
    audit_command,
    prepare_plugin};

}  // namespace cli::dane

// dane audit: is the DANE mail deployment of a domain, or of millions, correct?

#include <algorithm>
#include <cstdio>

#include "cli/dane/audit/input.h"
#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/watch.h"
#include "cli/dane/audit_diff.h"
#include "cli/dane/audit_job.h"
#include "cli/dane/audit_options.h"
#include "cli/dane/audit_outcome.h"
#include "cli/dane/audit_plan.h"
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
  if (ended->evidence) {
    tell_checkpoint(*ended->evidence);
    report::let_signals_end();  // what follows can be done again
    stamp_run(*ended->evidence, job->stamps, job->engine.resolver);
  }
  if (ended->unwritten) return tl::unexpected(*ended->unwritten);
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

constexpr std::string_view kAbout =
    R"(Says for each domain whether a sender that enforces DANE can deliver, what is
wrong, and what to do about it. With diff: what has changed between two runs,
from the lines of JSON that -o has written.
)";

constexpr std::string_view kEnding =
    R"(Exit status: 0 all enforced, 1 something is not, 2 bad input, 3 undecided and
nothing worse; with --nagios 0 to 3 as plug-ins have it.
)";

}  // namespace

const Command kAudit = {.name = "audit",
                        .summary = "what is wrong with the DANE of mail domains",
                        .usage = kUsage,
                        .about = kAbout,
                        .ending = kEnding,
                        .options = audit_options,
                        .words = {{"DOMAIN", WordKind::host}},
                        .run = audit_command,
                        .prepare = prepare_plugin};

}  // namespace cli::dane

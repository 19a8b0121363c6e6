// dane replay: comes to a verdict again, by the evidence that it left behind.

#include <algorithm>
#include <cstdio>

#include "cli/dane/bundle_file.h"
#include "cli/dane/command.h"
#include "cli/dane/in_processes.h"
#include "cli/dane/replay_accusation.h"
#include "cli/dane/replay_again.h"
#include "cli/dane/replay_explain.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/start.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane replay [OPTIONS] FILE...";

base::Result<ReplayJob> job_of(const Arguments& arguments) {
  auto out = replay_job(arguments);
  if (!out) return out;
  if (const auto word = arguments.value("at")) {
    const auto moment = parse_moment(*word);
    if (!moment) return tl::unexpected(moment.error());
    out->at = *moment;
  }
  auto witnesses = load_witnesses(arguments.values("witness"));
  if (!witnesses) return tl::unexpected(witnesses.error());
  out->witnesses = std::move(*witnesses);
  return out;
}

TaskResult refusal(const base::Error& error) {
  return {"", base::printable(error.detail, base::kMessage), outcome_of(error.kind)};
}

/// One file again.
TaskResult replay_file(const Arguments& arguments, const ReplayJob& job,
                       const std::string& path) {
  const auto bundle = bundle_in(path);
  if (!bundle) return refusal(bundle.error());
  const auto replayed = replay_again(*bundle, job);
  if (!replayed) return refusal(replayed.error().in(shown_path(path)));
  const Output& told = replayed->told;
  if (arguments.has("json")) return {told.json, "", told.outcome};
  const evidence::Strength strength =
      strength_of(*bundle, replayed->opinion, replayed->stamps);
  TaskResult out{told.text + rows_of(strength), "", told.outcome};
  if (told.text.empty()) out.text.erase(0, 1);  // the line that parts them
  if (told.instead) out.complaint = base::printable(told.instead->detail, base::kMessage);
  if (arguments.has("explain")) {
    out.text += "\n" + explanation_of(strength, replayed->stamps, replayed->opinion) +
                what_is_claimed(*bundle);
  }
  return out;
}

base::Result<Outcome> replay(const Arguments& arguments) {
  if (auto words = arguments.expect_words(1, SIZE_MAX, kUsage); !words) {
    return tl::unexpected(words.error());
  }
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  if (auto left = leave_network(); !left) return tl::unexpected(left.error());
  const std::vector<std::string>& paths = arguments.words();
  if (std::ranges::count(paths, "-") > 1) {
    return usage_error("standard input can be read once: - is given twice");
  }
  Outcome worst = Outcome::fine;
  const auto tell = [&worst](const TaskResult& said, const std::string& whose) {
    print(said.text);
    if (!said.complaint.empty()) {
      (void)std::fflush(stdout);
      (void)tell_failure(whose + said.complaint, static_cast<int>(said.outcome));
    }
    worst = std::max(worst, said.outcome);
  };
  const auto one = [&](std::size_t number) {
    return replay_file(arguments, *job, paths[number]);
  };
  if (paths.size() == 1) {
    tell(one(0), "");
    return worst;
  }
  // What one file lacks, or does to whoever reads it, says nothing about the others.
  in_processes(paths.size(), one, [&](std::size_t number, const TaskResult& said) {
    const bool was_read = said.complaint.find(shown_path(paths[number])) == 0;
    tell(said, was_read ? "" : shown_path(paths[number]) + ": ");
  });
  return worst;
}

constexpr std::string_view kAbout =
    R"(Checks each signature of a bundle of evidence again, from the root's key down,
by the date of the bundle and without any network, and comes to the same verdict
as the command that wrote it, or says what does not hold.
)";

constexpr std::string_view kEnding =
    R"(Exit status: that of the command that wrote the evidence; 2 for evidence that
does not hold.
)";

std::vector<Option> replay_options() {
  return {{.name = "trust-anchor",
           .value = {"FILE", WordKind::file},
           .help = "DS or DNSKEY records of the root at that time (Debian's root key)"},
          trust_store_option(),
          {.name = "at",
           .value = {"TIME"},
           .help = "by the dates of another moment: 2026-06-01T12:00:00Z, 2026-06-01, or "
                   "seconds since 1970"},
          {.name = "witness",
           .value = {"FILE", WordKind::file},
           .repeatable = true,
           .help = "certificates (PEM) of time-stamp authorities, one of which must have "
                   "stamped the run of the bundle"},
          {.name = "explain",
           .help = "what the evidence proves, and each signature that it stands on"},
          json_option("the JSON of the command that wrote the evidence")};
}

}  // namespace

const Command kReplay = {.name = "replay",
                         .summary = "check a verdict again by its evidence",
                         .usage = kUsage,
                         .about = kAbout,
                         .ending = kEnding,
                         .options = replay_options,
                         .words = {{"FILE", WordKind::file}},
                         .run = replay};

}  // namespace cli::dane

// dane replay: comes to a verdict again, by the evidence that it left behind.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/dane/bundle_list.h"
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
#include "src/evidence/canonical_json.h"
#include "src/io/clock.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage = "usage: dane replay [OPTIONS] FILE|STORE...";

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
  return {"", base::printable(error.detail, base::kMessage), outcome_of(error.kind),
          false};
}

/// Whether an audit had a word that is no domain, which gives it its status where it had
/// nothing else (dane-audit).
bool is_unfit(const evidence::Bundle& bundle, Outcome outcome) {
  if (outcome != Outcome::bad_input) return false;
  const auto about = evidence::Json::parse(bundle.about, nullptr, false);
  return about.value("command", "") == "audit";
}

/// The status for all bundles.
class Status {
 public:
  void add(const TaskResult& said) {
    const bool holds = !said.text.empty();
    broken_ |= !holds && said.outcome == Outcome::bad_input;
    auto& worst = said.beside_others ? beside_ : worst_;
    worst = std::max(worst.value_or(Outcome::fine), said.outcome);
  }
  /// What does not hold outdoes what is undecided.
  [[nodiscard]] Outcome all() const {
    if (broken_) return Outcome::bad_input;
    return worst_.value_or(beside_.value_or(Outcome::fine));
  }

 private:
  bool broken_ = false;
  std::optional<Outcome> worst_, beside_;
};

/// One bundle again.
TaskResult replay_one(const Arguments& arguments, const ReplayJob& job,
                      BundleList& bundles, std::size_t number) {
  const auto bundle = bundles.read(number);
  if (!bundle) return refusal(bundle.error());
  const auto replayed = replay_again(*bundle, job);
  if (!replayed) return refusal(replayed.error().in(bundles.shown(number)));
  const Output& told = replayed->told;
  const bool unfit = is_unfit(*bundle, told.outcome);
  if (arguments.has("json")) return {told.json, "", told.outcome, unfit};
  const evidence::Strength strength =
      strength_of(*bundle, replayed->opinion, replayed->stamps);
  TaskResult out{told.text + rows_of(strength), "", told.outcome, unfit};
  if (told.text.empty()) out.text.erase(0, 1);  // the line that parts them
  if (told.instead) out.complaint = base::printable(told.instead->detail, base::kMessage);
  if (arguments.has("explain")) {
    out.text += "\n" + explanation_of(strength, replayed->stamps, replayed->opinion) +
                what_is_claimed(*bundle);
  }
  return out;
}

/// How many bundles hold: at the end in a line, where stores have more than anybody
/// counts by eye, and on a terminal meanwhile, where standard output goes elsewhere.
class Held {
 public:
  explicit Held(const BundleList& bundles)
      : all_(bundles.size()),
        has_stores_(bundles.has_stores()),
        is_shown_(isatty(STDERR_FILENO) != 0 && isatty(STDOUT_FILENO) == 0) {}

  void count(const TaskResult& said) {
    ++done_;
    if (!said.text.empty()) ++held_;
    constexpr std::chrono::milliseconds kSpan{500};
    const auto now = io::Clock::now();
    if (!is_shown_ || now < next_) return;
    next_ = now + kSpan;
    std::fprintf(stderr, "\r\x1b[K%zu of %zu bundles", done_, all_);
  }
  void clear() const {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
  }
  void tell() const {
    clear();
    if (!has_stores_) return;
    const std::string all = counted(all_, "bundle");
    const std::string some = std::to_string(held_) + " of " + all + " hold";
    std::fprintf(stderr, "dane: %s\n",
                 (held_ == all_ ? all + ": all hold" : some).c_str());
  }

 private:
  std::size_t all_;
  std::size_t done_ = 0;
  std::size_t held_ = 0;
  bool has_stores_;
  bool is_shown_;
  io::TimePoint next_ = io::Clock::now();
};

base::Result<Outcome> replay(const Arguments& arguments) {
  if (auto words = arguments.expect_words(1, SIZE_MAX, kUsage); !words) {
    return tl::unexpected(words.error());
  }
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  if (arguments.has("explain") && arguments.has("json")) {
    return usage_error("--explain is for people, and does not go with --json");
  }
  if (auto left = leave_network(); !left) return tl::unexpected(left.error());
  auto bundles = BundleList::of_words(arguments);
  if (!bundles) return tl::unexpected(bundles.error());
  Status status;
  Held held(*bundles);
  const auto tell = [&](const TaskResult& said, const std::string& whose) {
    held.count(said);
    print(said.text);
    if (!said.complaint.empty()) {
      (void)std::fflush(stdout);
      held.clear();
      (void)tell_failure(whose + said.complaint, static_cast<int>(said.outcome));
    }
    status.add(said);
  };
  const auto one = [&](std::size_t number) {
    return replay_one(arguments, *job, *bundles, number);
  };
  if (bundles->size() == 1) {
    tell(one(0), "");
    held.tell();
    return status.all();
  }
  // What one file lacks, or does to whoever reads it, says nothing about the others.
  in_processes(bundles->size(), one, [&](std::size_t number, const TaskResult& said) {
    const std::string name = bundles->shown(number) + ": ";
    tell(said, said.complaint.starts_with(name) ? "" : name);
  });
  held.tell();
  return status.all();
}

constexpr std::string_view kAbout =
    R"(Checks each signature of a bundle of evidence again, from the root's key down,
by the date of the bundle and without any network, and comes to the same verdict
as the command that wrote it, or says what does not hold. A STORE of
dane audit --evidence stands for all bundles of a run.
)";

constexpr std::string_view kEnding =
    R"(Exit status: that of the command that wrote the evidence; 2 for evidence that
does not hold.
)";

std::vector<Option> replay_options() {
  return {
      {.name = "trust-anchor",
       .value = {"FILE", WordKind::file},
       .help = "DS or DNSKEY records of the root at that time (Debian's root key)"},
      trust_store_option(),
      {.name = "run",
       .value = {"N"},
       .help = "of a STORE the run of that number, in place of the last finished one"},
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
                         .words = {{"FILE|STORE", WordKind::file}},
                         .run = replay};

}  // namespace cli::dane

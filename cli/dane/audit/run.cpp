#include "cli/dane/audit/run.h"

#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/audit/html.h"
#include "cli/dane/audit/json.h"
#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/output.h"
#include "cli/dane/audit/page_line.h"
#include "cli/dane/audit/page_proof.h"
#include "cli/dane/audit/printer.h"
#include "cli/dane/audit/progress.h"
#include "cli/dane/audit/sqlite.h"
#include "cli/dane/audit/summary.h"
#include "cli/version.h"
#include "src/audit/audit_bundle.h"
#include "src/evidence/bundle_bounds.h"
#include "src/evidence/evidence_files.h"

namespace cli::report {
namespace {

using namespace audit;

/// Everything that a run writes while it goes on.
class Reports {
 public:
  Reports(const Wanted& wanted, const SurveySettings& survey)
      : wanted_(wanted),
        survey_(survey),
        printer_(wanted),
        progress_(wanted.progress, wanted.total) {}

  [[nodiscard]] base::Result<void> open();
  void take(const DomainAudit& audited);
  /// What is to be done now and then, by the main thread.
  void tend(const Engine& engine);
  /// What sums up the whole is not written of a part, but for the page.
  [[nodiscard]] base::Result<void> finish(std::chrono::milliseconds took, bool whole);
  [[nodiscard]] std::shared_ptr<const Earlier> earlier() const { return earlier_; }
  /// What peers sign behind: the hash of the checkpoint of the run before.
  [[nodiscard]] evidence::Octets32 previous_checkpoint() const {
    return store_ ? store_->previous() : evidence::Octets32{};
  }
  /// The run that `finish` has ended in a store of evidence.
  [[nodiscard]] const std::optional<FinishedRun>& finished_run() const {
    return finished_run_;
  }
  [[nodiscard]] Tally tally() const {
    const std::lock_guard lock(mutex_);
    return tally_;
  }

 private:
  /// The grades alone: names of hosts are many, and nobody copies them each moment.
  [[nodiscard]] Tally grades() const {
    const std::lock_guard lock(mutex_);
    Tally out;
    out.grades = tally_.grades;
    return out;
  }
  [[nodiscard]] base::Result<void> open_evidence();
  [[nodiscard]] base::Result<void> open_database();
  [[nodiscard]] base::Result<void> begin_evidence();
  [[nodiscard]] base::Result<void> check_empty() const;
  void write_held();
  /// A bundle of a verdict, whose proof is left out where it is more than anybody reads.
  [[nodiscard]] evidence::Bundle evidence_of(const DomainAudit& audited,
                                             const std::string& line);
  /// What has to be there to stay before the line of a domain is written.
  [[nodiscard]] base::Result<bool> keep(const DomainAudit& audited,
                                        const std::string& line);
  [[nodiscard]] base::Result<bool> keep_what_is_due();
  [[nodiscard]] base::Result<bool> commit_all(bool due);
  void add_to_page(const DomainAudit& audited, const std::string& line,
                   const evidence::Bundle& bundle);
  void show(const std::string& text);
  [[nodiscard]] base::Result<void> write_page(std::chrono::sys_seconds now,
                                              std::chrono::milliseconds took);

  const Wanted& wanted_;
  const SurveySettings& survey_;
  Printer printer_;
  std::shared_ptr<const Earlier> earlier_ = std::make_shared<Earlier>();
  std::optional<LineFile> lines_;
  /// Lines of what is not in database and store to stay: --resume skips none.
  std::string held_;
  std::optional<Database> database_;
  std::optional<HtmlPage> page_;
  std::optional<evidence::EvidenceFiles> evidence_;
  std::optional<EvidenceStore> store_;  // in their place
  std::optional<FinishedRun> finished_run_;
  Progress progress_;
  bool any_shown_ = false;
  std::mutex writing_;        // held where a reader may be waited for
  mutable std::mutex mutex_;  // of tally_, which the main thread shows
  Tally tally_;
};

base::Result<void> Reports::open_database() {
  if (!wanted_.sqlite) return {};
  auto database = Database::open(*wanted_.sqlite);
  if (!database) return tl::unexpected(database.error());
  database_ = std::move(*database);
  if (!database_->is_empty() || earlier_->done.empty()) {
    return database_->begin_run(wanted_.options, client::wall_clock());
  }
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    *wanted_.sqlite + " does not have what " + *wanted_.output + " has");
}

base::Result<void> Reports::open_evidence() {
  if (!wanted_.evidence) return {};
  if (evidence::is_store_path(*wanted_.evidence)) {
    std::error_code none;
    if (wanted_.resume && std::filesystem::file_size(*wanted_.output, none) > 0 &&
        !none && !std::filesystem::exists(*wanted_.evidence, none)) {
      return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                        *wanted_.evidence + " has no run that was interrupted");
    }
    auto store = EvidenceStore::open(*wanted_.evidence);
    if (!store) return tl::unexpected(store.error());
    store_.emplace(std::move(*store));
    return {};
  }
  auto files = evidence::EvidenceFiles::open(*wanted_.evidence, wanted_.total == 1);
  if (!files) return tl::unexpected(files.error());
  evidence_ = std::move(*files);
  return {};
}

base::Result<void> Reports::begin_evidence() {
  if (evidence_) return check_has(*evidence_, *earlier_);
  if (!store_) return {};
  const auto now = client::wall_clock();
  return wanted_.resume ? store_->resume(*earlier_, now) : store_->begin(now);
}

/// What hours of work have made is not replaced without a word.
base::Result<void> Reports::check_empty() const {
  if (!lines_->holds_something() || wanted_.resume || wanted_.overwrite) return {};
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    *wanted_.output +
                        " is not empty: --resume goes on with it, "
                        "--overwrite begins anew");
}

/// Nothing that is there already is changed before all is open.
base::Result<void> Reports::open() {
  for (const auto* path : {&wanted_.html, &wanted_.prometheus}) {
    if (!*path) continue;
    if (auto good = check_replaceable(**path); !good) return good;
  }
  if (wanted_.html) page_.emplace();
  if (auto good = open_evidence(); !good) return good;
  if (wanted_.output) {
    auto file = LineFile::open(*wanted_.output);
    if (!file) return tl::unexpected(file.error());
    lines_ = std::move(*file);
    if (auto good = check_empty(); !good) return good;
  }
  if (wanted_.resume) {
    auto earlier = read_earlier(*wanted_.output, [this](const std::string& line) {
      if (page_) page_->add(line);
    });
    if (!earlier) return tl::unexpected(earlier.error());
    earlier_ = std::make_shared<Earlier>(std::move(*earlier));
    tally_ = earlier_->tally;
    lines_->keep(earlier_->octets);
  }
  if (auto good = open_database(); !good) return good;
  return begin_evidence();
}

void Reports::take(const DomainAudit& audited) {
  const std::lock_guard writing(writing_);
  const bool is_line_read =
      wanted_.each == Each::json || lines_ || page_ || wanted_.evidence;
  const std::string line = is_line_read ? json_line(audited) : "";
  if (lines_) held_ += line;
  if (page_ && !wanted_.evidence) page_->add(line);
  const auto kept = keep(audited, line);
  if (!kept) end_with(kept.error().detail);
  show(printer_.take(audited, line));
  if (*kept) write_held();
  const std::lock_guard lock(mutex_);
  tally_.add(audited);
}

evidence::Bundle Reports::evidence_of(const DomainAudit& audited,
                                      const std::string& line) {
  evidence::Bundle out = bundle_of(audited, survey_, line);
  out.maker = maker();
  if (evidence::is_within_bounds(out)) return out;
  progress_.clear();
  std::fprintf(stderr, "dane: warning: %s: its evidence is more than a bundle may have\n",
               base::printable(audited.item.word, base::kLine).c_str());
  return evidence::without_proof(std::move(out));
}

base::Result<bool> Reports::keep(const DomainAudit& audited, const std::string& line) {
  bool due = !database_ && !store_;
  if (wanted_.evidence) {
    evidence::Bundle bundle = evidence_of(audited, line);
    if (page_) add_to_page(audited, line, bundle);
    if (evidence_) {
      auto done = evidence_->add(subject_of(audited.item.word), bundle);
      if (!done) return tl::unexpected(done.error());
    } else {
      auto added = store_->add(subject_of(audited.item.word), bundle);
      if (!added) return added;
      due = *added;
    }
  }
  if (!database_) return due;
  const auto added = database_->add(audited);
  if (!added) return added;
  return commit_all(due || *added);
}

/// Who has committed waits for nobody: the other one commits too.
base::Result<bool> Reports::commit_all(bool due) {
  if (!due) return false;
  if (database_) {
    if (auto done = database_->commit(); !done) return tl::unexpected(done.error());
  }
  if (store_) {
    if (auto done = store_->commit(); !done) return tl::unexpected(done.error());
  }
  return true;
}

base::Result<bool> Reports::keep_what_is_due() {
  bool due = false;
  if (store_) {
    auto kept = store_->commit_if_due();
    if (!kept) return kept;
    due = *kept;
  }
  if (database_) {
    auto kept = database_->commit_if_due();
    if (!kept) return kept;
    due = due || *kept;
  }
  return commit_all(due);
}

/// Where the page has so many domains that it shows a verdict alone no signature is
/// checked for that.
void Reports::add_to_page(const DomainAudit& audited, const std::string& line,
                          const evidence::Bundle& bundle) {
  PageEvidence kept;
  if (page_->keeps_whole(line)) kept.chain = proof_json(bundle);
  if (evidence_) {
    kept.url =
        link_from(*wanted_.html, evidence_->path_of(subject_of(audited.item.word)));
  } else {
    kept.store = *wanted_.evidence;
  }
  page_->add(with_evidence(line, kept));
}

void Reports::show(const std::string& text) {
  if (text.empty()) return;
  progress_.clear();
  print_now(text);
  any_shown_ = true;
}

void Reports::write_held() {
  if (!held_.empty()) lines_->write(held_);
  held_.clear();
}

void Reports::tend(const Engine& engine) {
  const std::unique_lock writing(writing_, std::try_to_lock);
  if (!writing) return;
  if (progress_.is_due()) {
    progress_.show(grades(), engine.done(), engine.in_flight());
  }
  // A run that goes on leaves the file until its input has proved to be the same.
  if (lines_ && !wanted_.resume) lines_->begin();
  if (!database_ && !store_) return;
  const auto kept = keep_what_is_due();
  if (!kept) end_with(kept.error().detail);
  if (*kept) write_held();
}

base::Result<void> Reports::finish(std::chrono::milliseconds took, bool whole) {
  show(printer_.finish());
  progress_.clear();
  const auto now = client::wall_clock();
  if (lines_ && !wanted_.resume) lines_->begin();
  if (database_) {
    if (auto done = database_->end_run(now, whole); !done) return done;
  }
  if (store_) {
    if (auto done = store_->commit(); !done) return done;
  }
  if (database_ || store_) write_held();
  if (store_ && whole) {
    auto run = store_->finish();
    if (!run) return tl::unexpected(run.error());
    finished_run_ = std::move(*run);
  }
  // Whoever learns that a page is not there learns the rest all the same.
  auto page = write_page(now, took);
  if (!whole) return page;
  if (earlier_->octets > 0) {  // its lines are counted; when things end is not read there
    tally_.first_signature_end.reset();
    tally_.first_certificate_end.reset();
  }
  base::Result<void> numbers;
  if (wanted_.prometheus) {
    numbers = replace_file(*wanted_.prometheus, prometheus_text(tally_, now, took));
  }
  // A summary of one domain says less than its text, but who wants no text gets it.
  if (wanted_.summary && (tally_.domains() > 1 || wanted_.each == Each::none)) {
    const RunFacts facts{now, took, earlier_->octets > 0};
    show((any_shown_ ? "\n" : "") + summary_of(tally_, facts, printer_.look()));
  }
  auto all = page ? numbers : page;
  if (wanted_.nagios && all) {  // else its one line is why not
    print_now(nagios_line(tally_, wanted_.nagios_limits, now, took));
  }
  return all;
}

base::Result<void> Reports::write_page(std::chrono::sys_seconds now,
                                       std::chrono::milliseconds took) {
  if (!page_) return {};
  return replace_file(*wanted_.html, page_->text(tally_, now, took));
}

std::atomic<int> interrupted_by{0};

const sigset_t& ending_signals() {
  static const sigset_t set = [] {
    sigset_t out;
    sigemptyset(&out);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction manner {};
      sigaction(number, nullptr, &manner);
      if (manner.sa_handler != SIG_IGN) sigaddset(&out, number);
    }
    pthread_sigmask(SIG_BLOCK, &out, nullptr);
    return out;
  }();
  return set;
}

}  // namespace

Interruptible::Interruptible() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (sigismember(&ending_signals(), number) != 1) continue;
    struct sigaction manner {};  // without SA_RESTART: it is to interrupt
    manner.sa_handler = [](int came) {
      interrupted_by = came;
      stop_waiting();
    };
    sigaction(number, &manner, nullptr);
  }
  pthread_sigmask(SIG_UNBLOCK, &ending_signals(), nullptr);
}

Interruptible::~Interruptible() {
  pthread_sigmask(SIG_BLOCK, &ending_signals(), nullptr);
}

int Interruptible::signal() { return interrupted_by; }

void let_signals_end() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (sigismember(&ending_signals(), number) == 1) (void)std::signal(number, SIG_DFL);
  }
  pthread_sigmask(SIG_UNBLOCK, &ending_signals(), nullptr);
}

int wait_for_signal(std::chrono::milliseconds span) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
  timespec limit{};
  limit.tv_sec = seconds.count();
  limit.tv_nsec = std::chrono::nanoseconds(span - seconds).count();
  const int number = sigtimedwait(&ending_signals(), nullptr, &limit);
  return number > 0 ? number : 0;
}

tl::unexpected<base::Error> no_domain() {
  return base::fail(base::ErrorKind::usage, base::Code::no_domain, "no domain was given");
}

base::Result<int> run_engine(Engine& engine, const std::function<void()>& meanwhile) {
  // A signal that comes so early in a run finds nothing that had to be ended well.
  if (auto ready = engine.prepare(); !ready) return tl::unexpected(ready.error());
  int number = wait_for_signal(std::chrono::milliseconds(0));  // threads inherit the mask
  if (number != 0) return number;
  engine.start();
  constexpr std::chrono::milliseconds kTick{20};
  while (!engine.is_done() && number == 0) {
    number = wait_for_signal(kTick);
    meanwhile();
  }
  if (number != 0) stop_waiting();
  engine.stop();
  return number;
}

base::Result<Ended> run(const EngineSettings& settings, DomainStream source,
                        const Wanted& wanted) {
  Reports reports(wanted, settings.survey);
  if (auto open = reports.open(); !open) return tl::unexpected(open.error());
  const auto wrong_input = std::make_shared<std::string>();
  if (wanted.resume) source = without(std::move(source), reports.earlier(), wrong_input);
  EngineSettings with_previous = settings;
  with_previous.survey.previous_checkpoint = reports.previous_checkpoint();
  const auto begin = io::Clock::now();
  Engine engine(std::move(with_previous), std::move(source),
                [&](const DomainAudit& audited) { reports.take(audited); });
  const auto number = run_engine(engine, [&] { reports.tend(engine); });
  if (!number) return tl::unexpected(number.error());
  // After a signal the source may still be at work.
  if (*number == 0 && !wrong_input->empty()) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file, *wrong_input);
  }
  if (*number == 0 && reports.tally().domains() == 0) return no_domain();
  Ended out;
  out.signal = *number;
  out.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(io::Clock::now() - begin);
  const Interruptible writing;
  const auto done = reports.finish(out.took, out.signal == 0);
  if (Interruptible::signal() != 0) {
    out.signal = Interruptible::signal();
  } else if (!done) {
    if (!reports.finished_run()) return tl::unexpected(done.error());
    out.unwritten = done.error();
  }
  out.tally = reports.tally();
  out.before = reports.earlier()->tally.domains();
  out.evidence = reports.finished_run();
  return out;
}

}  // namespace cli::report

#include "cli/dane/audit/run.h"

#include <atomic>
#include <csignal>
#include <ctime>

#include "cli/dane/audit/evidence_files.h"
#include "cli/dane/audit/html.h"
#include "cli/dane/audit/json.h"
#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/output.h"
#include "cli/dane/audit/printer.h"
#include "cli/dane/audit/progress.h"
#include "cli/dane/audit/sqlite.h"
#include "cli/dane/audit/summary.h"
#include "cli/version.h"
#include "src/audit/audit_bundle.h"

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
  [[nodiscard]] base::Result<void> open_database();
  [[nodiscard]] base::Result<void> check_empty() const;
  void write_held();
  void write_evidence(const DomainAudit& audited, const std::string& line);
  void show(const std::string& text);

  const Wanted& wanted_;
  const SurveySettings& survey_;
  Printer printer_;
  std::shared_ptr<const Earlier> earlier_ = std::make_shared<Earlier>();
  std::optional<LineFile> lines_;
  std::string held_;  // lines of what is not in the database to stay: --resume skips none
  std::optional<Database> database_;
  std::optional<HtmlPage> page_;
  std::optional<EvidenceFiles> evidence_;
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
  if (wanted_.evidence) {
    auto files = EvidenceFiles::open(*wanted_.evidence, wanted_.total == 1);
    if (!files) return tl::unexpected(files.error());
    evidence_ = std::move(*files);
  }
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
  return open_database();
}

void Reports::take(const DomainAudit& audited) {
  const std::lock_guard writing(writing_);
  const bool is_line_read = wanted_.each == Each::json || lines_ || page_ || evidence_;
  const std::string line = is_line_read ? json_line(audited) : "";
  if (lines_) held_ += line;
  if (page_) page_->add(line);
  if (evidence_) write_evidence(audited, line);
  show(printer_.take(audited, line));
  bool kept = true;
  if (database_) {
    const auto added = database_->add(audited);
    if (!added) end_with(added.error().detail);
    kept = *added;
  }
  if (kept) write_held();
  const std::lock_guard lock(mutex_);
  tally_.add(audited);
}

void Reports::write_evidence(const DomainAudit& audited, const std::string& line) {
  evidence::Bundle bundle = bundle_of(audited, survey_, line);
  bundle.maker = "ucspi-dane " + std::string(kVersion);
  // A domain that is one has its A-labels for a name, whatever way it was written.
  const std::string& domain = audited.seen.domain.text();
  const auto added = evidence_->add(domain.empty() ? audited.item.word : domain, bundle);
  if (!added) end_with(added.error().detail);
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
  if (!database_) return;
  const auto kept = database_->commit_if_due();
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
    write_held();
  }
  if (page_) {
    const std::string page = page_->text(tally_, now, took);
    if (auto done = replace_file(*wanted_.html, page); !done) return done;
  }
  if (!whole) return {};
  if (earlier_->octets > 0) {  // its lines are counted; when things end is not read there
    tally_.first_signature_end.reset();
    tally_.first_certificate_end.reset();
  }
  if (wanted_.prometheus) {
    const std::string text = prometheus_text(tally_, now, took);
    if (auto done = replace_file(*wanted_.prometheus, text); !done) return done;
  }
  // A summary of one domain says less than its text, but who wants no text gets it.
  if (wanted_.summary && (tally_.domains() > 1 || wanted_.each == Each::none)) {
    const RunFacts facts{now, took, earlier_->octets > 0};
    show((any_shown_ ? "\n" : "") + summary_of(tally_, facts, printer_.look()));
  }
  if (wanted_.nagios) {
    print_now(nagios_line(tally_, wanted_.nagios_limits, now, took));
  }
  return {};
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
  const auto begin = io::Clock::now();
  Engine engine(settings, std::move(source),
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
    return tl::unexpected(done.error());
  }
  out.tally = reports.tally();
  out.before = reports.earlier()->tally.domains();
  return out;
}

}  // namespace cli::report

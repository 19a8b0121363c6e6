#pragma once

#include <functional>

#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/audit/monitoring.h"
#include "cli/dane/audit/resume.h"
#include "cli/dane/audit/tally.h"
#include "cli/dane/audit/wanted.h"
#include "src/audit/engine.h"

namespace cli::report {

/// How a run ended.
struct Ended {
  Tally tally;
  std::uint64_t before = 0;  ///< domains that an earlier run had done
  std::chrono::milliseconds took{0};
  int signal = 0;                       ///< that ended it early
  std::optional<FinishedRun> evidence;  ///< where a store has it
  /// Why a report is missing of a run whose evidence is there to stay.
  std::optional<base::Error> unwritten;
};

/// A whole run. Errors: kind `usage` for files and settings that cannot be used,
/// `temporary` for a file that cannot be written any more.
[[nodiscard]] base::Result<Ended> run(const audit::EngineSettings& settings,
                                      audit::DomainStream source, const Wanted& wanted);

/// Waits for an interrupting signal (SIGINT, SIGTERM, SIGHUP, but for those that are
/// ignored) and says which came; 0 if none did in time. They are blocked from the first
/// call on.
[[nodiscard]] int wait_for_signal(std::chrono::milliseconds span);

/// While it is there, one of these signals ends whatever this thread waits for.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  /// Which one came, or 0.
  [[nodiscard]] static int signal();
};

/// From now on these signals end the process, as they do where nobody cares.
void let_signals_end();

/// Error kind `usage`, code `no_domain`: what gives the domains has failed, and that all
/// of none are well would be no answer.
[[nodiscard]] tl::unexpected<base::Error> no_domain();

/// Runs an engine to its end; which signal ended it early, or 0.
[[nodiscard]] base::Result<int> run_engine(audit::Engine& engine,
                                           const std::function<void()>& meanwhile);

}  // namespace cli::report

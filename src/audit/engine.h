#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "resolver/config.h"
#include "src/audit/intake.h"
#include "src/audit/outlet.h"
#include "src/audit/survey.h"

namespace audit {

/// How a run is made.
struct EngineSettings {
  resolver::Config resolver;
  SurveySettings survey;
  LimitSettings limits;
  std::size_t threads = 1;       ///< a loop and a resolver each
  std::size_t in_flight = 1000;  ///< domains, over all threads
};

/// Many domains at once, in memory that the window and the shared hosts bound.
class Engine {
 public:
  /// The sink is called until `stop` has returned; the source perhaps once more, so that
  /// it has to own what it uses.
  Engine(EngineSettings settings, DomainStream source, Sink sink);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Makes all ready, and sees whether anything can be looked up at all. Errors: those of
  /// resolver::Resolver::create and check.
  [[nodiscard]] base::Result<void> prepare();
  /// Begins.
  void start();
  /// Whether all is done.
  [[nodiscard]] bool is_done() const { return living_ == 0 && outlet_.done() == begun_; }
  /// Domains begun and not done.
  [[nodiscard]] std::size_t in_flight() const {
    const std::uint64_t done = outlet_.done();  // first: it never overtakes `begun_`
    return begun_ - done;
  }
  [[nodiscard]] std::uint64_t done() const { return outlet_.done(); }
  /// Ends early: what is in flight is forgotten, what is done is handed over. Safe from
  /// any thread but the engine's.
  void stop();

 private:
  class Worker;

  EngineSettings settings_;
  Common common_;  // outlives the workers
  std::shared_ptr<Intake> intake_;
  Outlet outlet_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::size_t> living_{0};
  std::atomic<std::uint64_t> begun_{0};
};

}  // namespace audit

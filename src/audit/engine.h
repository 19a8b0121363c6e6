#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "resolver/config.h"
#include "src/audit/judge.h"
#include "src/audit/survey.h"

namespace audit {

/// A domain of the input.
struct Item {
  std::uint64_t number = 0;  ///< counted from 1 among the domains
  std::string word;          ///< as it stands there
};

/// Gives the items in their order, one at a time, nothing at the end; may block.
using Source = std::function<std::optional<Item>()>;

/// A domain that is done.
struct Audited {
  Item item;
  DomainFacts facts;
  Result result;
  std::chrono::sys_seconds moment;  ///< when it was done
  std::chrono::milliseconds took{0};
};

/// Takes results as they come, one at a time, on a thread of its own: it may wait for
/// whoever reads them.
using Sink = std::function<void(const Audited&)>;

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
  /// Source and sink are called until `run` has returned.
  Engine(EngineSettings settings, Source source, Sink sink);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Makes all ready, and sees whether anything can be looked up at all. Errors: those of
  /// resolver::Resolver::create and check.
  [[nodiscard]] base::Result<void> prepare();
  /// Begins.
  void start();
  /// Whether all is done.
  [[nodiscard]] bool is_done() const { return living_ == 0 && done_ == begun_; }
  /// Domains begun and not done.
  [[nodiscard]] std::size_t in_flight() const { return begun_ - done_; }
  [[nodiscard]] std::uint64_t done() const { return done_; }
  /// Ends early: what is in flight is forgotten, what is done is handed over. Safe from
  /// any thread but the engine's.
  void stop();

 private:
  class Worker;
  class Intake;
  class Outlet;

  EngineSettings settings_;
  Common common_;  // outlives the workers
  std::shared_ptr<Intake> intake_;
  std::unique_ptr<Outlet> outlet_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::size_t> living_{0};
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> done_{0};
};

}  // namespace audit

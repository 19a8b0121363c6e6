#include "src/audit/engine.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <exception>
#include <thread>

#include "src/audit/domain_word.h"
#include "src/audit/judge.h"
#include "src/audit/live_contact.h"
#include "src/io/run_task.h"

namespace audit {

/// A loop, its resolver, and as many conversations as its share of the window.
class Engine::Worker {
 public:
  Worker(Engine& engine, std::size_t slots) : engine_(engine), slots_(slots), loop_(1) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] base::Result<void> prepare() {
    auto resolver = resolver::Resolver::create(loop_, engine_.settings_.resolver);
    if (!resolver) return tl::unexpected(resolver.error());
    resolver_ = std::move(*resolver);
    contact_ = std::make_shared<LiveContact>(loop_, *resolver_, engine_.common_);
    return {};
  }

  /// Whether anything can be looked up.
  [[nodiscard]] base::Result<void> check() {
    const auto out = io::run_task(loop_, resolver_->check());
    if (out) return out;
    return tl::unexpected(out.error().in("nothing can be looked up and validated here"));
  }

  void start() {
    ++engine_.living_;
    for (std::size_t i = 0; i < slots_; ++i) {
      asio::co_spawn(loop_, one_after_another(), [this](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
        if (--slots_ == 0) loop_.stop();
      });
    }
    thread_ = std::thread([this] {
      const io::Pulse::Hold pulse(io::Pulse::of(loop_));
      loop_.run();
      --engine_.living_;
    });
  }

  /// Ends the thread where it is; conversations stay as they are.
  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  io::Task<void> one_after_another() {
    Survey survey(loop_, *resolver_, engine_.common_, contact_, book_);
    for (;;) {
      auto item = co_await engine_.intake_->next(loop_);
      if (!item) co_return;
      ++engine_.begun_;
      const auto begin = io::Clock::now();
      DomainAudit out;
      out.item = std::move(*item);
      const auto name = domain_in_word(out.item.word);
      if (name) {
        out.seen = co_await survey.domain(*name);
      } else {
        out.seen.error = name.error();
      }
      out.moment = client::wall_clock();
      out.judgement = judge(out);
      out.took =
          std::chrono::duration_cast<std::chrono::milliseconds>(io::Clock::now() - begin);
      co_await engine_.outlet_.put(loop_, std::move(out));
    }
  }

  Engine& engine_;
  std::size_t slots_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  // All its conversations have these.
  std::shared_ptr<LiveContact> contact_;
  std::shared_ptr<evidence::ChainBook> book_ = std::make_shared<evidence::ChainBook>();
  std::thread thread_;
};

namespace {

SurveySettings with_resolver(const EngineSettings& settings) {
  SurveySettings out = settings.survey;
  if (out.evidence) out.resolver = settings.resolver;
  return out;
}

}  // namespace

Engine::Engine(EngineSettings settings, DomainStream source, Sink sink)
    : settings_(std::move(settings)),
      common_(with_resolver(settings_), settings_.limits),
      intake_(std::make_shared<Intake>(std::move(source))),
      outlet_(std::move(sink)) {
  settings_.resolver.busy = settings_.in_flight > 1;
}

Engine::~Engine() { stop(); }

base::Result<void> Engine::prepare() {
  const std::size_t slots = std::max<std::size_t>(settings_.in_flight, 1);
  const std::size_t threads = std::clamp<std::size_t>(settings_.threads, 1, slots);
  for (std::size_t i = 0; i < threads; ++i) {
    const std::size_t share = slots / threads + (i < slots % threads ? 1 : 0);
    workers_.push_back(std::make_unique<Worker>(*this, share));
    if (auto ready = workers_.back()->prepare(); !ready) return ready;
  }
  return workers_.front()->check();  // they all ask the same
}

void Engine::start() {
  outlet_.start();
  Intake::start(intake_);
  for (const auto& worker : workers_) worker->start();
}

void Engine::stop() {
  intake_->close();
  // No thread may run any more when the first loop goes.
  for (const auto& worker : workers_) worker->stop();
  common_.limits.close();
  outlet_.close();
  workers_.clear();
}

}  // namespace audit

#include "src/audit/engine.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <thread>

#include "src/audit/waiting.h"
#include "src/io/run_task.h"

namespace audit {

/// Reads the source on a thread of its own, a little ahead of those who ask.
class Engine::Intake {
 public:
  explicit Intake(Source source) : source_(std::move(source)) {}

  /// The reader holds on to the intake: a source that blocks for ever ends with the
  /// process.
  static void start(const std::shared_ptr<Intake>& self) {
    std::thread([self] { self->read(); }).detach();
  }

  [[nodiscard]] io::Task<std::optional<Item>> next(io::Loop& loop) {
    for (;;) {
      Waiting::Place place;
      {
        const std::lock_guard lock(mutex_);
        if (!ready_.empty()) {
          std::optional<Item> item(std::move(ready_.front()));
          ready_.pop_front();
          room_.notify_one();
          co_return item;
        }
        if (ended_) co_return std::nullopt;
        place = waiting_.take_place(loop);
      }
      co_await woken(place);
    }
  }

  /// No more items; whoever waits is not told, its loop has ended.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
  }

 private:
  void read() {
    constexpr std::size_t kAhead = 4096;
    for (;;) {
      auto item = source_();
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return closed_ || ready_.size() < kAhead; });
      if (closed_) return;
      if (!item) {
        ended_ = true;
        waiting_.wake_all();
        return;
      }
      ready_.push_back(std::move(*item));
      waiting_.wake_one();
    }
  }

  // The reader may outlive the loops: it wakes those alone that still wait.
  Source source_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<Item> ready_;
  Waiting waiting_;
  bool ended_ = false;
  bool closed_ = false;
};

/// Hands results to the sink. No loop ever waits for whoever reads an output: deadlines
/// of others would pass meanwhile. Whose result is one too many waits until there is
/// room.
class Engine::Outlet {
 public:
  Outlet(Sink sink, std::atomic<std::uint64_t>& done)
      : sink_(std::move(sink)), done_(done) {}
  ~Outlet() { close(); }
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  void start() {
    thread_ = std::thread([this] { hand_over(); });
  }

  [[nodiscard]] io::Task<void> put(io::Loop& loop, Audited result) {
    Waiting::Place place;
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(result));
      filled_.notify_one();
      if (queue_.size() <= kMost) co_return;
      place = waiting_.take_place(loop);
    }
    co_await woken(place);
  }

  /// Hands over what is there, and no more.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      filled_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  static constexpr std::size_t kMost = 256;

  void hand_over() {
    std::unique_lock lock(mutex_);
    for (;;) {
      filled_.wait(lock, [&] { return closed_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const Audited result = std::move(queue_.front());
      queue_.pop_front();
      if (queue_.size() <= kMost) waiting_.wake_all();
      lock.unlock();
      sink_(result);
      ++done_;
      lock.lock();
    }
  }

  Sink sink_;
  std::atomic<std::uint64_t>& done_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Audited> queue_;
  Waiting waiting_;
  bool closed_ = false;
  std::thread thread_;
};

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
    Survey survey(loop_, *resolver_, engine_.common_);
    for (;;) {
      auto item = co_await engine_.intake_->next(loop_);
      if (!item) co_return;
      ++engine_.begun_;
      const auto begin = io::Clock::now();
      Audited out;
      out.item = std::move(*item);
      const auto name = dns::Name::parse(out.item.word);
      if (name) {
        out.facts = co_await survey.domain(*name);
      } else {
        out.facts.error = name.error();
      }
      out.moment = client::wall_clock();
      out.result = judge_domain(out.facts, out.moment);
      if (!name) {
        out.result.findings.front().subject = base::printable(out.item.word, 255);
      }
      out.took =
          std::chrono::duration_cast<std::chrono::milliseconds>(io::Clock::now() - begin);
      co_await engine_.outlet_->put(loop_, std::move(out));
    }
  }

  Engine& engine_;
  std::size_t slots_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::thread thread_;
};

Engine::Engine(EngineSettings settings, Source source, Sink sink)
    : settings_(std::move(settings)),
      common_(settings_.survey, settings_.limits),
      intake_(std::make_shared<Intake>(std::move(source))),
      outlet_(std::make_unique<Outlet>(std::move(sink), done_)) {
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
  outlet_->start();
  Intake::start(intake_);
  for (const auto& worker : workers_) worker->start();
}

void Engine::stop() {
  intake_->close();
  // No thread may run any more when the first loop goes.
  for (const auto& worker : workers_) worker->stop();
  common_.limits.close();
  outlet_->close();
  workers_.clear();
}

}  // namespace audit

#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/io/loop.h"

namespace audit {

/// Why an endpoint is left alone.
struct Silence {
  base::Error error;
  bool connected = false;  ///< the connection stood up, and then nothing came
};

/// Addresses and ports that cost too much time: the world has hosts with thousands of
/// names, and no name makes them answer sooner. Shared by all loops.
class SlowEndpoints {
 public:
  /// The clock that all loops share: io::Clock is each thread's own.
  using Clock = std::chrono::steady_clock;
  using TimePoint = Clock::time_point;

  /// The time that one reply of a peer may take.
  explicit SlowEndpoints(io::Duration reply) : reply_(reply) {}

  /// Remembers for ten minutes why an endpoint is left alone.
  void give_up(const net::Endpoint& endpoint, Silence why, TimePoint now = Clock::now());
  /// Whether a connection that has taken so long is slow: a third of the time for a reply
  /// or more, and five seconds.
  [[nodiscard]] bool is_slow(io::Duration took) const;
  /// Counts how long a connection has taken that ended at `now`. When the slow ones add
  /// up to more than sixty times the time for a reply, the endpoint is given up, code
  /// `too_slow`. Half of the time that passes afterwards is taken from the sum.
  void count(const net::Endpoint& endpoint, io::Duration took,
             TimePoint now = Clock::now());
  /// Why an endpoint is left alone, if it is.
  [[nodiscard]] std::optional<Silence> find(const net::Endpoint& endpoint,
                                            TimePoint now = Clock::now());
  /// How many endpoints are remembered: 100,000 at most.
  [[nodiscard]] std::size_t size();

 private:
  struct Entry {
    io::Duration slow{0};
    TimePoint counted;
    std::optional<Silence> why;
    TimePoint until;
  };
  static io::Duration slow_at(const Entry& entry, TimePoint now);
  Entry& entry(const net::Endpoint& endpoint, TimePoint now);

  io::Duration reply_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace audit

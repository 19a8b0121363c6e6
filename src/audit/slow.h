#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/io/loop.h"

namespace audit {

/// Addresses that cost too much time: the world has hosts with thousands of names, and no
/// name makes them answer sooner. Shared by all loops.
class SlowAddresses {
 public:
  /// The time that one reply of a peer may take.
  explicit SlowAddresses(io::Duration reply) : reply_(reply) {}

  /// Remembers for ten minutes why an address is left alone.
  void give_up(const net::Address& address, base::Error why,
               io::TimePoint now = io::Clock::now());
  /// Counts how long a connection has taken that ended at `now`. An address is given up,
  /// with code `too_slow`, while the slow ones, a sixth of a reply's time or more, add up
  /// to more than sixty times that time; half of the time that passes is taken off again.
  void count(const net::Address& address, io::Duration took,
             io::TimePoint now = io::Clock::now());
  /// Why an address is left alone, if it is.
  [[nodiscard]] std::optional<base::Error> find(const net::Address& address,
                                                io::TimePoint now = io::Clock::now());

 private:
  struct Entry {
    io::Duration slow{0};
    io::TimePoint counted;
    std::optional<base::Error> why;
    io::TimePoint until;
  };
  static io::Duration slow_at(const Entry& entry, io::TimePoint now);
  Entry& entry(const net::Address& address, io::TimePoint now);

  io::Duration reply_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace audit

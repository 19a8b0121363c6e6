#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "cli/sslserver/talk.h"

namespace cli::sslserver {

/// What a child of the listener has to say, once: words of a bounded size within a time.
/// The child may hang, or have been taken over by what it reads; the listener goes on
/// whatever it does, and ends it when its time is over.
class ChildReport {
 public:
  using Clock = std::chrono::steady_clock;

  ChildReport() = default;
  ChildReport(pid_t pid, io::Descriptor socket, std::size_t most_octets,
              std::chrono::seconds limit)
      : pid_(pid),
        socket_(std::move(socket)),
        most_octets_(most_octets),
        until_(Clock::now() + limit) {}

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Becomes readable when it goes on.
  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] Clock::time_point until() const { return until_; }

  /// Takes what has come, without waiting. True when that is all there will be.
  [[nodiscard]] bool hear();
  /// `hear` until that is so.
  void wait();
  /// The words; nothing if they never came.
  [[nodiscard]] const std::optional<Words>& words() const { return words_; }

 private:
  [[nodiscard]] bool give_up();

  pid_t pid_ = 0;
  io::Descriptor socket_;
  std::size_t most_octets_ = 0;
  Clock::time_point until_;
  std::string heard_;
  std::optional<Words> words_;
};

}  // namespace cli::sslserver

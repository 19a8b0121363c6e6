#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/io/loop.h"

namespace cli {

/// `mx.example.org [192.0.2.25]: connecting… 4 s`, no wider than that many columns.
[[nodiscard]] std::string waiting_words(std::string_view what, std::chrono::seconds span,
                                        std::size_t columns);

/// The line on standard error that says what a program waits for, and for how long: only
/// on a terminal, and only once that takes a second. It goes on while the loop runs.
class WaitingLine {
 public:
  /// Where it is not `wanted` it says nothing.
  explicit WaitingLine(io::Loop& loop, bool wanted = true);
  ~WaitingLine() { clear(); }
  WaitingLine(const WaitingLine&) = delete;
  WaitingLine& operator=(const WaitingLine&) = delete;

  /// What is waited for from now on.
  void at(std::string what);
  /// Takes the line away; to be called before anything else is written.
  void clear();

 private:
  void tick();

  bool wanted_;
  bool is_shown_ = false;
  std::string what_;
  std::chrono::steady_clock::time_point since_;
  asio::steady_timer timer_;
};

}  // namespace cli

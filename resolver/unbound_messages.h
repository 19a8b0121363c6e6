#pragma once

#include <cstdio>
#include <string>

struct ub_ctx;

namespace resolver {

/// Holds back what libunbound's parser prints to standard error, to tell it as our own.
class StandardErrorHeld {
 public:
  StandardErrorHeld();
  ~StandardErrorHeld();
  StandardErrorHeld(const StandardErrorHeld&) = delete;
  StandardErrorHeld& operator=(const StandardErrorHeld&) = delete;

  /// What was held back, its beginning; standard error is itself again.
  [[nodiscard]] std::string text();
  /// The first line of it, fit to print.
  [[nodiscard]] std::string first_line();

 private:
  void restore();
  int saved_;
  int memory_;
};

/// Keeps the log of a context in memory; afterwards the context logs nowhere, for its log
/// is not meant for our users' standard error.
class LogHeld {
 public:
  explicit LogHeld(ub_ctx* context);
  ~LogHeld();
  LogHeld(const LogHeld&) = delete;
  LogHeld& operator=(const LogHeld&) = delete;

  /// All that was logged so far.
  [[nodiscard]] std::string text();
  /// The first error that was logged, without time and process; empty if there is none.
  [[nodiscard]] std::string first_error();

 private:
  ub_ctx* context_;
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

}  // namespace resolver

#pragma once

#include "src/io/loop.h"

namespace audit {

/// Adds the time that it is there to a total.
class Stopwatch {
 public:
  explicit Stopwatch(io::Duration& total) : total_(total) {}
  ~Stopwatch() { total_ += io::Clock::now() - begin_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  io::Duration& total_;
  io::TimePoint begin_ = io::Clock::now();
};

}  // namespace audit

#include "src/io/clock.h"

#include <algorithm>

namespace io {
namespace {

using Steady = std::chrono::steady_clock;

/// What a thread knows of its loop.
struct Life {
  bool beats = false;
  Steady::time_point stands_still;  // from here on, unless there is a beat before
  Clock::duration missed{0};
};

thread_local Life life;

/// Counts what was missed up to now.
void settle(Steady::time_point now) {
  if (life.beats && now > life.stands_still) life.missed += now - life.stands_still;
}

}  // namespace

Clock::time_point Clock::now() noexcept {
  const auto real = Steady::now();
  const auto lived = life.beats ? std::min(real, life.stands_still) : real;
  return time_point(lived.time_since_epoch() - life.missed);
}

Clock::duration Clock::missed() noexcept {
  return Steady::now().time_since_epoch() - now().time_since_epoch();
}

bool Clock::is_behind() noexcept {
  return life.beats && Steady::now() > life.stands_still;
}

void Clock::begin() noexcept {
  life.stands_still = Steady::now() + kUncounted;
  life.beats = true;
}

void Clock::beat() noexcept {
  const auto now = Steady::now();
  settle(now);
  life.stands_still = now + kUncounted;
}

void Clock::end() noexcept {
  settle(Steady::now());
  life.beats = false;
}

}  // namespace io

#include "src/base/time_span.h"

#include <algorithm>
#include <array>

namespace base {
namespace {

using std::chrono::seconds;

/// A unit of time.
struct Unit {
  long seconds;
  const char* name;
  const char* abbreviation;
};
constexpr std::array<Unit, 4> kUnits = {{{86400, "day", "d"},
                                         {3600, "hour", "h"},
                                         {60, "minute", "min"},
                                         {1, "second", "s"}}};

/// The largest unit that a span has two of, or that `is_enough` says is enough.
template <typename IsEnough>
const Unit& unit_of(long count, IsEnough is_enough) {
  const auto found = std::ranges::find_if(kUnits, [&](const Unit& unit) {
    return std::abs(count / unit.seconds) >= 2 || is_enough(unit.seconds);
  });
  return found == kUnits.end() ? kUnits.back() : *found;
}

/// How many units a span has, to the nearest; halves away from zero.
long rounded(long count, const Unit& unit) {
  const long rest = count % unit.seconds;
  const long whole = count / unit.seconds;
  if (std::abs(rest) < unit.seconds - std::abs(rest)) return whole;
  return count < 0 ? whole - 1 : whole + 1;
}

}  // namespace

std::string span_in_words(seconds span) {
  const long count = span.count();
  const Unit& unit = unit_of(count, [&](long one) { return count == one; });
  const long whole = rounded(count, unit);
  return std::to_string(whole) + " " + unit.name + (whole == 1 ? "" : "s");
}

std::string span_in_short(seconds span) {
  const Unit& unit = unit_of(span.count(), [](long) { return false; });
  return std::to_string(rounded(span.count(), unit)) + " " + unit.abbreviation;
}

}  // namespace base

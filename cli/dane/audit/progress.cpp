#include "cli/dane/audit/progress.h"

#include <unistd.h>

#include <cstdio>

#include "cli/layout.h"
#include "cli/terminal.h"
#include "src/base/time_span.h"

namespace cli::report {
namespace {

constexpr std::chrono::milliseconds kQuiet{500};  // a run that is over so soon shows none

}  // namespace

std::string progress_in_words(const Tally& tally, const Pace& pace,
                              std::optional<std::uint64_t> total) {
  const double rate =
      static_cast<double>(pace.done) / std::max(pace.passed.count(), 0.001);
  const std::uint64_t all_done = tally.domains();
  if (total == 1) {
    return "waiting for answers, " +
           base::span_in_short(
               std::chrono::duration_cast<std::chrono::seconds>(pace.passed));
  }
  std::string line = total ? std::to_string(all_done) + " of " : "";
  line += counted(total.value_or(all_done), "domain") + ", " +
          std::to_string(static_cast<std::uint64_t>(rate)) + "/s, " +
          std::to_string(pace.in_flight) + " in flight";
  if (total && rate > 0 && *total > all_done) {
    const auto left = static_cast<double>(*total - all_done) / rate;
    line += ", " +
            base::span_in_short(std::chrono::seconds(static_cast<std::int64_t>(left))) +
            " left";
  }
  return line + ": " + in_words(tally);
}

Progress::Progress(bool wanted, std::optional<std::uint64_t> total)
    : wanted_(wanted && isatty(STDERR_FILENO) != 0),
      total_(total),
      begin_(io::Clock::now()),
      next_(begin_ + kQuiet) {}

void Progress::show(const Tally& tally, std::uint64_t done, std::size_t in_flight) {
  constexpr std::chrono::milliseconds kSpan{500};
  const auto now = io::Clock::now();
  next_ = now + kSpan;
  if (total_ && tally.domains() >= *total_) return;  // what is waited for is over
  std::string line = progress_in_words(tally, {done, in_flight, now - begin_}, total_);
  const std::size_t columns = terminal_columns(STDERR_FILENO);
  if (columns > 1) line = cut_to(line, columns - 1);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace cli::report

#include "cli/waiting.h"

#include <unistd.h>

#include <cstdio>

#include "cli/layout.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"

namespace cli {
namespace {

constexpr std::size_t kColumns = 80;  // of a terminal that does not say

bool can_wipe_lines() {
  return isatty(STDERR_FILENO) != 0 &&
         environment_value("TERM").value_or("dumb") != "dumb";
}

}  // namespace

std::string waiting_words(std::string_view what, std::chrono::seconds span,
                          std::size_t columns) {
  const std::string seconds = " " + std::to_string(span.count()) + " s";
  const std::size_t left = columns > seconds.size() ? columns - seconds.size() : 1;
  return cut_to(std::string(what) + "…", left) + seconds;
}

WaitingLine::WaitingLine(io::Loop& loop, bool wanted)
    : wanted_(wanted && can_wipe_lines()), timer_(loop) {}

void WaitingLine::at(std::string what) {
  if (!wanted_) return;
  clear();
  what_ = base::printable(what);
  since_ = std::chrono::steady_clock::now();
  timer_.expires_after(std::chrono::seconds(1));
  tick();
}

void WaitingLine::tick() {
  timer_.async_wait([this](const asio::error_code& error) {
    // A word that was on its way when something else began to be waited for.
    if (error || std::chrono::steady_clock::now() < timer_.expiry()) return;
    const auto span = std::chrono::floor<std::chrono::seconds>(
        std::chrono::steady_clock::now() - since_);
    const std::size_t columns = terminal_columns(STDERR_FILENO);
    // One column less: a full line would move some terminals' cursors on.
    const std::string line =
        waiting_words(what_, span, (columns == 0 ? kColumns : columns) - 1);
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
    is_shown_ = true;
    timer_.expires_after(std::chrono::seconds(1));
    tick();
  });
}

void WaitingLine::clear() {
  if (!is_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  is_shown_ = false;
}

}  // namespace cli

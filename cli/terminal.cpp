#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "cli/settings.h"
#include "cli/start.h"

namespace cli {
namespace {

std::function<void()> before_output;

bool wants_colours() {
  if (isatty(STDOUT_FILENO) == 0 || environment_value("NO_COLOR")) return false;
  return environment_value("TERM").value_or("dumb") != "dumb";
}

}  // namespace

std::size_t terminal_columns(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

Paint::Paint() : colours_(wants_colours()) {}

std::string Paint::in(std::string_view code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void set_before_output(std::function<void()> action) {
  before_output = std::move(action);
}

void begin_output() {
  if (const auto action = std::exchange(before_output, nullptr)) action();
}

void print(std::string_view text) {
  begin_output();
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return;
  end_if_reader_is_gone(errno);
}

}  // namespace cli

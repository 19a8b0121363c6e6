#include "src/relay/watched_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace relay {
namespace {

/// The word of proc_pid_stat(5) with this number, counted from 1. The second is the name
/// in brackets, in which anything may stand.
std::string_view word_of(std::string_view facts, int number) {
  const auto name_ends = facts.rfind(')');
  if (name_ends == std::string_view::npos) return {};
  facts.remove_prefix(name_ends + 1);
  for (int word = 2; !facts.empty(); ++word) {
    const auto length = std::min(facts.find(' '), facts.size());
    if (word == number) return facts.substr(0, length);
    facts.remove_prefix(std::min(length + 1, facts.size()));
  }
  return {};
}

}  // namespace

WatchedProgram::WatchedProgram(pid_t pid)
    : pid_(pid),
      facts_(pid > 0 ? open(("/proc/" + std::to_string(pid) + "/stat").c_str(),
                            O_RDONLY | O_CLOEXEC)
                     : -1) {}

std::optional<ProgramEnd> WatchedProgram::end() const {
  siginfo_t facts{};
  if (pid_ <= 0 ||
      waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      facts.si_pid != pid_) {
    return std::nullopt;
  }
  if (facts.si_code != CLD_EXITED) return ProgramEnd::by_signal;
  return facts.si_status == 0 ? ProgramEnd::well : ProgramEnd::with_failure;
}

std::optional<bool> WatchedProgram::is_ending() const {
  constexpr int kFlags = 9;
  constexpr unsigned long kExiting = 4;  // PF_EXITING of linux/sched.h
  std::array<char, 1024> text{};
  if (!facts_) return std::nullopt;
  const ssize_t n = pread(facts_.get(), text.data(), text.size(), 0);
  const auto word =
      word_of({text.data(), n > 0 ? static_cast<std::size_t>(n) : 0}, kFlags);
  unsigned long flags = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), flags);
  if (word.empty() || read.ec != std::errc()) return std::nullopt;
  return (flags & kExiting) != 0;
}

}  // namespace relay

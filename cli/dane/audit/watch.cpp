#include "cli/dane/audit/watch.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <vector>

#include "cli/dane/audit/change.h"
#include "cli/dane/audit/output.h"
#include "cli/dane/audit/run.h"
#include "cli/layout.h"
#include "src/client/wall_clock.h"
#include "src/io/descriptor.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::chrono::minutes kLeastForCommand{1};

/// Starts a command by sh with a text on its standard input, in a process group of its
/// own; 0 if that cannot be.
pid_t start_command(const std::string& command, const std::string& text) {
  // A file, since a command need not read it.
  const io::Descriptor input(memfd_create("change", MFD_CLOEXEC));
  const bool written = input && ::write(input.get(), text.data(), text.size()) ==
                                    static_cast<ssize_t>(text.size());
  if (!written || lseek(input.get(), 0, SEEK_SET) != 0) return 0;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.get(), STDIN_FILENO);
  posix_spawnattr_t manner;
  posix_spawnattr_init(&manner);
  posix_spawnattr_setflags(
      &manner, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&manner, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&manner, &signals);
  std::string name = "sh", option = "-c", script = command;
  const std::array<char*, 4> words = {name.data(), option.data(), script.data(), nullptr};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, "/bin/sh", &files, &manner, words.data(), environ);
  posix_spawnattr_destroy(&manner);
  posix_spawn_file_actions_destroy(&files);
  return failed != 0 ? 0 : pid;
}

/// Runs a command to its end, or that of its time; the signal that came before, which
/// ends the command too, or 0.
int run_command(const std::string& command, const std::string& text,
                io::TimePoint deadline) {
  constexpr std::chrono::milliseconds kTick{20};
  const pid_t pid = start_command(command, text);
  int status = pid == 0 ? -1 : 0;
  while (pid != 0 && waitpid(pid, &status, WNOHANG) == 0) {
    const int number = wait_for_signal(kTick);
    const bool late = io::Clock::now() >= deadline;
    if (number == 0 && !late) continue;
    kill(-pid, late ? SIGKILL : SIGTERM);
    if (number != 0) return number;
  }
  if (status != 0) {
    std::fprintf(stderr, "dane: warning: the command of --exec failed\n");
  }
  return 0;
}

std::vector<Item> all_of(const DomainStream& source) {
  std::vector<Item> out;
  while (auto item = source()) out.push_back(std::move(*item));
  return out;
}

DomainStream from_items(const std::vector<Item>& items) {
  return [items, at = std::size_t{0}]() mutable -> std::optional<Item> {
    if (at == items.size()) return std::nullopt;
    return items[at++];
  };
}

/// `22:15`, with the day where that is another one: on the clock of who reads it.
std::string clock_time(std::time_t moment, std::time_t now) {
  std::tm then{}, today{};
  localtime_r(&moment, &then);
  localtime_r(&now, &today);
  const bool same_day = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
  char text[32];
  (void)std::strftime(text, sizeof text, same_day ? "%H:%M" : "%Y-%m-%d %H:%M", &then);
  return text;
}

}  // namespace

std::string watch_begins(std::size_t domains, std::chrono::sys_seconds now,
                         std::chrono::seconds span) {
  return "watching " + counted(domains, "domain") + ", next round " +
         clock_time(std::chrono::system_clock::to_time_t(now + span),
                    std::chrono::system_clock::to_time_t(now));
}

base::Result<int> watch(const EngineSettings& settings, const DomainStream& source,
                        std::chrono::seconds span, const std::string& command) {
  const std::vector<Item> items = all_of(source);
  if (items.empty()) return tl::unexpected(no_domain());
  // A watch prints nothing while nothing changes: that it runs is seen here.
  std::fprintf(stderr, "dane: %s\n",
               watch_begins(items.size(), client::wall_clock(), span).c_str());
  std::map<std::uint64_t, State> states;
  bool is_first = true;
  for (;;) {
    const auto begin = io::Clock::now();
    std::vector<std::string> changes;
    Engine engine(settings, from_items(items), [&](const DomainAudit& audited) {
      const auto [at, is_new] = states.try_emplace(audited.item.number);
      State now = state_of(audited, at->second);
      if (is_new) {
        at->second = std::move(now);
        return;
      }
      if (auto line = change_of(audited, at->second, now)) {
        changes.push_back(std::move(*line));
      }
      at->second = std::move(now);
    });
    const auto number = run_engine(engine, [] {});
    if (!number && is_first) return tl::unexpected(number.error());
    is_first = false;
    if (!number) {
      std::fprintf(stderr, "dane: warning: a round is left out: %s\n",
                   base::printable(number.error().detail, base::kLine).c_str());
    }
    {
      const Interruptible printing;
      for (const std::string& line : changes) print_now(line);
    }
    if (Interruptible::signal() != 0) return Interruptible::signal();
    if (number && *number != 0) return *number;
    if (!command.empty()) {
      for (const std::string& line : changes) {
        const auto limit = std::max<std::chrono::seconds>(span, kLeastForCommand);
        const int ended = run_command(command, line, io::Clock::now() + limit);
        if (ended != 0) return ended;
      }
    }
    const auto left = span - (io::Clock::now() - begin);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    const int ended = wait_for_signal(std::max(wait, std::chrono::milliseconds(0)));
    if (ended != 0) return ended;
  }
}

}  // namespace cli::report

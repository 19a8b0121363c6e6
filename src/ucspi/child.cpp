#include "src/ucspi/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "src/io/core_dumps.h"
#include "src/io/pipe.h"

namespace ucspi {
namespace {

using base::ErrorKind;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  // posix_spawn takes char* const[] and does not write.
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// What differs in the program from what we are.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void give(int ours, int number) {
    posix_spawn_file_actions_adddup2(&actions_, ours, number);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

base::Error unable_to_run(const std::string& program, int error) {
  return {ErrorKind::temporary, base::Code::exec,
          "unable to run " + program + ": " + base::system_message(error)};
}

/// Copies of ours beyond all the numbers that are to be given: one of ours may have the
/// very number that another one is to get.
base::Result<std::vector<io::Descriptor>> moved_away(const DescriptorMap& descriptors) {
  int beyond_all = 0;
  for (const auto& [ours, number] : descriptors) {
    beyond_all = std::max(beyond_all, number + 1);
  }
  std::vector<io::Descriptor> out;
  for (const auto& [ours, number] : descriptors) {
    out.emplace_back(fcntl(ours, F_DUPFD_CLOEXEC, beyond_all));
    if (!out.back()) {
      return base::fail(ErrorKind::internal, base::Code::pipe,
                        "unable to copy a descriptor: " + base::system_message(errno));
    }
  }
  return out;
}

}  // namespace

base::Result<pid_t> spawn(const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment,
                          const DescriptorMap& descriptors) {
  const auto moved = moved_away(descriptors);
  if (!moved) return tl::unexpected(moved.error());
  SpawnPlan plan;
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    plan.give((*moved)[i].get(), descriptors[i].second);
  }
  const io::LentCoreLimit lent;
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, argv.front().c_str(), plan.actions(), plan.attributes(),
                   pointers(argv).data(), pointers(environment).data());
  if (error == 0) return pid;
  return tl::unexpected(unable_to_run(argv.front(), error));
}

base::Error become_program(const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment,
                           const DescriptorMap& descriptors) {
  const auto moved = moved_away(descriptors);
  if (!moved) return moved.error();
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    dup2((*moved)[i].get(), descriptors[i].second);
  }
  const io::LentCoreLimit lent;
  std::signal(SIGPIPE, SIG_DFL);
  execvpe(argv.front().c_str(), pointers(argv).data(), pointers(environment).data());
  return unable_to_run(argv.front(), errno);
}

base::Result<Program> spawn_on_pipes(const std::vector<std::string>& argv,
                                     const std::vector<std::string>& environment,
                                     PeerDescriptors peer, DescriptorMap more) {
  auto to_child = io::make_pipe();
  if (!to_child) return tl::unexpected(to_child.error());
  auto from_child = io::make_pipe();
  if (!from_child) return tl::unexpected(from_child.error());
  more.emplace_back(to_child->first.get(), peer.read);
  more.emplace_back(from_child->second.get(), peer.write);
  const auto pid = spawn(argv, environment, more);
  if (!pid) return tl::unexpected(pid.error());
  return Program{relay::WatchedProgram(*pid), std::move(to_child->second),
                 std::move(from_child->first)};
}

base::Result<int> wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno == EINTR) continue;
    return base::fail(ErrorKind::internal, base::Code::wait,
                      "unable to wait: " + base::system_message(errno));
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const char* name = strsignal(WTERMSIG(status));
  return base::fail(
      ErrorKind::temporary, base::Code::killed,
      "the program was killed: " + std::string(name != nullptr ? name : "?"));
}

}  // namespace ucspi

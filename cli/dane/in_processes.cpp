// Each process writes what its tasks say into a file in memory, a frame a task, and is
// read when it has ended. So what two of them say cannot be mixed up, and whatever one
// does when it breaks, the frames before stand.
#include "cli/dane/in_processes.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <deque>
#include <optional>
#include <thread>

#include "src/io/descriptor.h"

namespace cli::dane {
namespace {

using Task = std::function<TaskResult(std::size_t)>;
using Tell = std::function<void(std::size_t, const TaskResult&)>;

/// What one process does. A fork costs a tenth of a task, and what a task has found out
/// about the keys above it saves those behind it half of their work.
constexpr std::size_t kMostTasks = 64;

/// What stands before the two texts of a frame.
struct FrameHead {
  std::uint64_t text = 0;       ///< octets
  std::uint64_t complaint = 0;  ///< octets
  Outcome outcome = Outcome::fine;
  bool beside_others = false;
};

bool write_all(int file, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t n = ::write(file, octets.data(), octets.size());
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool write_frame(int file, const TaskResult& said) {
  const FrameHead head{said.text.size(), said.complaint.size(), said.outcome,
                       said.beside_others};
  std::array<char, sizeof head> octets{};
  std::memcpy(octets.data(), &head, sizeof head);
  return write_all(file, std::string_view(octets.data(), octets.size())) &&
         write_all(file, said.text) && write_all(file, said.complaint);
}

/// Takes the first frame off; nothing if it is not whole.
std::optional<TaskResult> take_frame(std::string_view& octets) {
  FrameHead head;
  if (octets.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, octets.data(), sizeof head);
  const std::string_view rest = octets.substr(sizeof head);
  if (head.text > rest.size() || head.complaint > rest.size() - head.text) {
    return std::nullopt;
  }
  octets = rest.substr(head.text + head.complaint);
  return TaskResult{std::string(rest.substr(0, head.text)),
                    std::string(rest.substr(head.text, head.complaint)), head.outcome,
                    head.beside_others};
}

std::string contents_of(int file) {
  std::string out;
  std::array<char, 65'536> part{};
  while (true) {
    const ssize_t n =
        pread(file, part.data(), part.size(), static_cast<off_t>(out.size()));
    if (n <= 0) return out;
    out.append(part.data(), static_cast<std::size_t>(n));
  }
}

/// How a process ended, in words.
std::string end_of(int status) {
  if (WIFSIGNALED(status)) {
    return std::string("whoever read it was ended by: ") + strsignal(WTERMSIG(status));
  }
  return "whoever read it ended with status " + std::to_string(WEXITSTATUS(status));
}

/// Some tasks in a process of their own.
struct Worker {
  std::size_t first = 0, end = 0;
  pid_t pid = -1;
  io::Descriptor file;
};

/// Nothing if the machine has no process or no memory for it.
std::optional<Worker> start(std::size_t first, std::size_t end, const Task& task) {
  Worker out{first, end, -1, io::Descriptor(memfd_create("said", MFD_CLOEXEC))};
  const pid_t parent = getpid();
  if (out.file) out.pid = fork();
  if (out.pid < 0) return std::nullopt;
  if (out.pid > 0) return out;
  // Who ends this program, in whatever way, ends its tasks too.
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (std::size_t number = first; number < end; ++number) {
    if (!write_frame(out.file.get(), task(number))) _exit(1);
  }
  _exit(0);
}

/// The workers that run, the oldest first.
class Workers {
 public:
  explicit Workers(std::deque<Worker>& running) : running_(running) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    for (const Worker& worker : running_) {
      kill(worker.pid, SIGKILL);
      waitpid(worker.pid, nullptr, 0);
    }
  }

 private:
  std::deque<Worker>& running_;
};

/// Waits for a worker, and tells what its tasks said. The first number that is left to be
/// done: the worker's end, if it came so far.
std::size_t finish(const Worker& worker, const Tell& tell) {
  int status = 0;
  while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string octets = contents_of(worker.file.get());
  std::string_view rest = octets;
  for (std::size_t number = worker.first; number < worker.end; ++number) {
    const auto said = take_frame(rest);
    if (!said) {
      tell(number, {"", end_of(status), Outcome::bad_input});
      return number + 1;
    }
    tell(number, *said);
  }
  return worker.end;
}

/// Does the tasks that a worker has left, if any.
void finish_rest(std::size_t left, std::size_t end, const Task& task, const Tell& tell) {
  while (left < end) {
    if (const auto again = start(left, end, task)) {
      left = finish(*again, tell);
      continue;
    }
    tell(left, task(left));
    ++left;
  }
}

}  // namespace

void in_processes(std::size_t count, const Task& task, const Tell& tell) {
  const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t share = std::clamp(count / (2 * most), std::size_t{1}, kMostTasks);
  std::deque<Worker> running;
  const Workers ended_at_last(running);
  std::size_t next = 0;
  while (next < count || !running.empty()) {
    while (next < count && running.size() < most) {
      const std::size_t end = std::min(count, next + share);
      auto worker = start(next, end, task);
      if (!worker) break;
      running.push_back(std::move(*worker));
      next = end;
    }
    if (running.empty()) {
      finish_rest(next, next + 1, task, tell);
      ++next;
      continue;
    }
    const Worker oldest = std::move(running.front());
    running.pop_front();
    finish_rest(finish(oldest, tell), oldest.end, task, tell);
  }
}

}  // namespace cli::dane

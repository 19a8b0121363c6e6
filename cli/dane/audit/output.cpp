#include "cli/dane/audit/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <exception>
#include <stdexcept>
#include <thread>

#include "cli/start.h"
#include "cli/terminal.h"
#include "src/io/replace_file.h"

namespace cli::report {
namespace {

constexpr mode_t kMode = 0644;

std::atomic<bool> ending{false};

/// Waits until a write of PIPE_BUF octets does not block; false if nobody waits any more.
bool wait_for_reader(int fd) {
  constexpr int kTickMs = 100;
  for (;;) {
    pollfd one{fd, POLLOUT, 0};
    const int ready = poll(&one, 1, ending ? 0 : kTickMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    if (ready == 0 && ending) return false;
  }
}

/// A terminal once more, so that a write of ours does not wait for who reads there: what
/// it is ready for is less than PIPE_BUF octets. None if it is none, or cannot be had.
io::Descriptor own_terminal(int fd) {
  if (isatty(fd) == 0) return {};
  return io::Descriptor(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(),
                               O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

bool write_all(int fd, std::string_view text) {
  constexpr std::chrono::milliseconds kTick{10};
  struct stat status {};
  const bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const io::Descriptor terminal = regular ? io::Descriptor() : own_terminal(fd);
  if (terminal) fd = terminal.get();
  while (!text.empty()) {
    if (!regular && !wait_for_reader(fd)) return true;
    const auto part = regular ? text : text.substr(0, PIPE_BUF);
    const ssize_t n = ::write(fd, part.data(), part.size());
    if (n < 0 && errno == EAGAIN) {
      if (ending) return true;
      std::this_thread::sleep_for(kTick);
    } else if (n < 0 && errno != EINTR) {
      return false;
    } else if (n > 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  return true;
}

tl::unexpected<base::Error> failed(base::ErrorKind kind, const std::string& path) {
  return base::fail(kind, base::Code::bad_file,
                    path + ": " + base::system_message(errno));
}

}  // namespace

void stop_waiting() { ending = true; }

bool is_ending() { return ending; }

base::Result<LineFile> LineFile::open(const std::string& path) {
  const bool standard = path == "-";
  io::Descriptor file(
      standard ? dup(STDOUT_FILENO)
               : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) {
    return failed(base::ErrorKind::usage, path);
  }
  const bool regular = !standard && S_ISREG(status.st_mode);
  if (regular && flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + ": another process writes there");
  }
  // Asked once more, of the file that nobody else writes to now.
  if (fstat(file.get(), &status) != 0) return failed(base::ErrorKind::usage, path);
  const auto size = regular ? static_cast<std::uint64_t>(status.st_size) : 0;
  return LineFile(std::move(file), path, regular, size);
}

void LineFile::check(bool good) const {
  if (!good) end_with("unable to write " + path_ + ": " + base::system_message(errno));
}

void LineFile::begin() {
  std::call_once(*begun_, [this] {
    check(!is_regular_ || ftruncate(file_.get(), static_cast<off_t>(keep_)) == 0);
  });
}

void LineFile::write(std::string_view line) {
  begin();
  check(write_all(file_.get(), line));
}

void print_now(std::string_view text) {
  begin_output();
  if (write_all(STDOUT_FILENO, text)) return;
  end_if_reader_is_gone(errno);
  end_with("unable to write standard output: " + base::system_message(errno));
}

void end_with(const std::string& why) {
  try {
    throw std::runtime_error(why);
  } catch (...) {
    std::terminate();  // here: unwinding would let other threads go on
  }
}

base::Result<void> check_replaceable(const std::string& path) {
  return path == "-" ? base::Result<void>() : io::check_replaceable(path);
}

base::Result<void> replace_file(const std::string& path, const std::string& text) {
  if (path != "-") return io::replace_file(path, text);
  print_now(text);
  return {};
}

}  // namespace cli::report

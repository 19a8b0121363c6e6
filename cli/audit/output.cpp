#include "cli/audit/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "cli/terminal.h"

namespace cli::audit {
namespace {

constexpr mode_t kMode = 0644;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

bool LineFile::cut(std::uint64_t keep) const {
  struct stat status {};
  if (fstat(file_.get(), &status) != 0) return false;
  return !S_ISREG(status.st_mode) ||
         ftruncate(file_.get(), static_cast<off_t>(keep)) == 0;
}

base::Result<LineFile> LineFile::open(const std::string& path, std::uint64_t keep,
                                      bool later) {
  const bool standard = path == "-";
  io::Descriptor file(
      standard ? dup(STDOUT_FILENO)
               : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode));
  LineFile out(std::move(file), path);
  if (!standard && later) out.keep_ = keep;
  if (!out.file_ || (!standard && !later && !out.cut(keep))) {
    return base::fail(base::ErrorKind::usage, "bad_file",
                      path + ": " + base::system_message(errno));
  }
  return out;
}

void LineFile::write(std::string_view line) {
  const bool ready = !keep_ || cut(*keep_);
  keep_.reset();
  if (ready && write_all(file_.get(), line)) return;
  end_with("unable to write " + path_ + ": " + base::system_message(errno));
}

void print_now(std::string_view text) {
  print(text);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  end_with("unable to write standard output: " + base::system_message(errno));
}

void end_with(const std::string& why) {
  try {
    throw std::runtime_error(why);
  } catch (...) {
    std::terminate();  // here: unwinding would let other threads go on
  }
}

base::Result<void> replace_file(const std::string& path, const std::string& text) {
  struct stat status {};
  // A pipe or a device has no place that a file could take.
  const bool whole = stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
  const std::string fresh = whole ? path + ".new" : path;
  const io::Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  const bool written = file && write_all(file.get(), text) &&
                       (!whole || rename(fresh.c_str(), path.c_str()) == 0);
  if (written) return {};
  return base::fail(base::ErrorKind::temporary, "bad_file",
                    path + ": " + base::system_message(errno));
}

}  // namespace cli::audit

#include "cli/audit/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>

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

base::Result<LineFile> LineFile::open(const std::string& path, std::uint64_t keep) {
  const bool standard = path == "-";
  io::Descriptor file(
      standard ? dup(STDOUT_FILENO)
               : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode));
  struct stat facts {};
  const bool cuts = file && !standard && fstat(file.get(), &facts) == 0 &&
                    S_ISREG(facts.st_mode);  // not of a pipe or a device
  if (!file || (cuts && ftruncate(file.get(), static_cast<off_t>(keep)) != 0)) {
    return base::fail(base::ErrorKind::usage, "bad_file",
                      path + ": " + base::system_message(errno));
  }
  return LineFile(std::move(file), path);
}

void LineFile::write(std::string_view line) const {
  if (write_all(file_.get(), line)) return;
  throw std::runtime_error("unable to write " + path_ + ": " +
                           base::system_message(errno));
}

base::Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const io::Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  const bool written =
      file && write_all(file.get(), text) && rename(fresh.c_str(), path.c_str()) == 0;
  if (written) return {};
  return base::fail(base::ErrorKind::temporary, "bad_file",
                    path + ": " + base::system_message(errno));
}

}  // namespace cli::audit

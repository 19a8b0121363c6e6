#include "src/io/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "src/io/write_all.h"

namespace io {
namespace {

constexpr mode_t kMode = 0644;

tl::unexpected<base::Error> failed(base::ErrorKind kind, const std::string& path) {
  return base::fail(kind, base::Code::bad_file,
                    path + ": " + base::system_message(errno));
}

/// Where a file is written before it takes the place of another.
std::string fresh_name(const std::string& target) {
  return target + "." + std::to_string(getpid()) + ".new";
}

/// Sees that a file is on its disk, where the file system knows how.
bool sync_if_possible(int file) {
  return fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS;
}

/// Writes a file that was not there before, for those who may read `like`, if that is
/// one.
bool write_fresh(const std::string& path, const std::string& text,
                 const struct stat* like) {
  unlink(path.c_str());
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
  if (!file) return false;
  if (like != nullptr) {
    // Who may not give it away keeps it.
    if (fchown(file.get(), like->st_uid, like->st_gid) != 0) errno = 0;
    constexpr mode_t kBits = 0777;
    if (fchmod(file.get(), like->st_mode & kBits) != 0) return false;
  }
  return write_all(file.get(), text).has_value() && sync_if_possible(file.get());
}

}  // namespace

std::string target_of(const std::string& path) {
  constexpr int kMostLinks = 40;
  std::error_code none;
  std::filesystem::path at = std::filesystem::absolute(path, none);
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(at, none); ++i) {
    at = at.parent_path() / std::filesystem::read_symlink(at, none);
  }
  return std::filesystem::weakly_canonical(at, none).string();
}

base::Result<void> check_replaceable(const std::string& path) {
  const std::string target = target_of(path);
  struct stat status {};
  const bool is_there = stat(target.c_str(), &status) == 0;
  if (is_there && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return failed(base::ErrorKind::usage, path);
  }
  if (is_there && !S_ISREG(status.st_mode)) return {};
  const std::string fresh = fresh_name(target);
  const bool writable = write_fresh(fresh, "", nullptr);
  auto error = failed(base::ErrorKind::usage, path);
  unlink(fresh.c_str());
  if (writable) return {};
  return error;
}

base::Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string target = target_of(path);
  struct stat status {};
  const bool is_there = stat(target.c_str(), &status) == 0;
  if (is_there && !S_ISREG(status.st_mode)) {
    // A pipe or a device has no place that a file could take.
    const Descriptor file(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
    if (file && write_all(file.get(), text).has_value()) return {};
    return failed(base::ErrorKind::temporary, path);
  }
  const std::string fresh = fresh_name(target);
  const bool written = write_fresh(fresh, text, is_there ? &status : nullptr) &&
                       rename(fresh.c_str(), target.c_str()) == 0;
  if (written) return {};
  auto error = failed(base::ErrorKind::temporary, path);
  unlink(fresh.c_str());
  return error;
}

}  // namespace io

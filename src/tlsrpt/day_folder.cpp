#include "src/tlsrpt/day_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace tlsrpt {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

}  // namespace

std::string date_of(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const auto two = [](unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day()));
}

io::Descriptor open_folder(int at, const char* name) {
  return io::Descriptor(
      openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

std::optional<std::vector<std::string>> names_in(int folder) {
  const int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return std::nullopt;
  const std::unique_ptr<DIR, CloseDir> dir(fdopendir(own));
  if (!dir) {
    close(own);
    return std::nullopt;
  }
  std::vector<std::string> out;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): each has a stream of its own
  while (const dirent* entry = readdir(dir.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (!name.starts_with('.')) out.push_back(name);
  }
  return out;
}

std::string text_in(int file) {
  std::string out(kMostOfFile, '\0');
  std::size_t at = 0;
  while (at < out.size()) {
    const ssize_t n =
        pread(file, out.data() + at, out.size() - at, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  out.resize(at);
  return out;
}

}  // namespace tlsrpt

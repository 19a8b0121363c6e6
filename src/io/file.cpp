#include "src/io/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "src/io/descriptor.h"

namespace io {
namespace {

tl::unexpected<base::Error> unreadable(const std::string& path, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    path + ": " + std::string(why));
}

base::Result<std::string> read_all(int descriptor, const std::string& path,
                                   std::size_t limit) {
  std::string text;
  for (;;) {
    constexpr std::size_t kChunk = 64 * 1024;
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    const ssize_t n = ::read(descriptor, text.data() + before, kChunk);
    text.resize(before + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n == 0) return text;
    if (n < 0 && errno != EINTR) return unreadable(path, base::system_message(errno));
    if (text.size() > limit) return unreadable(path, "the file is too large");
  }
}

}  // namespace

base::Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return unreadable(path, base::system_message(errno));
  return read_all(file.get(), path, limit);
}

base::Result<std::string> read_standard_input(std::size_t limit) {
  return read_all(STDIN_FILENO, "<stdin>", limit);
}

bool lock_soon(int descriptor) {
  constexpr int kTries = 10;
  constexpr std::chrono::milliseconds kApart{10};
  for (int i = 0; i < kTries; ++i) {
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    std::this_thread::sleep_for(kApart);
  }
  return false;
}

}  // namespace io

#include "cli/json_target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cli/settings.h"
#include "src/base/bytes.h"
#include "src/io/write_all.h"

namespace cli {

using base::Code;
using base::ErrorKind;

base::Result<JsonTarget> json_target(std::string_view word) {
  if (word.empty()) {
    return base::fail(ErrorKind::usage, Code::usage, "--json= names no file");
  }
  if (word.find_first_not_of("0123456789") != std::string_view::npos) {
    return JsonTarget{-1, std::string(word)};
  }
  const auto descriptor = parse_number("--json", word, {0, 1'000'000});
  if (!descriptor) return tl::unexpected(descriptor.error());
  return JsonTarget{static_cast<int>(*descriptor), ""};
}

base::Result<void> expect_open(const JsonTarget& target) {
  if (!target.file.empty()) return {};
  const int flags = fcntl(target.descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return {};
  return base::fail(ErrorKind::usage, Code::usage,
                    "--json " + std::to_string(target.descriptor) +
                        ": descriptor is not open" + (flags < 0 ? "" : " for writing"));
}

base::Result<io::Descriptor> open_json(const JsonTarget& target) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC;
  constexpr int kLeast = 10;  // those of one digit have their meaning in UCSPI
  const io::Descriptor file(
      target.file.empty() ? -1 : open(target.file.c_str(), kFlags, 0666));
  const int from = target.file.empty() ? target.descriptor : file.get();
  io::Descriptor out(from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, kLeast));
  if (out) return out;
  const std::string named =
      target.file.empty() ? std::to_string(target.descriptor) : target.file;
  return base::fail(ErrorKind::usage, Code::bad_file,
                    "--json " + base::printable(named, base::kWord) + ": " +
                        base::system_message(errno));
}

void empty_json(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
  // A file that cannot be cut cannot be written either, and that is told.
  if (ftruncate(descriptor, 0) != 0) return;
}

base::Result<void> write_json(int descriptor, const std::string& json) {
  const auto written = io::write_all(descriptor, json + "\n");
  if (written) return {};
  return base::fail(ErrorKind::temporary, Code::bad_file,
                    "unable to write the JSON: " + written.error().detail);
}

}  // namespace cli

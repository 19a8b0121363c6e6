#include "cli/key_password.h"

#include <unistd.h>

#include <cerrno>
#include <optional>

#include "src/io/file.h"

namespace cli {
namespace {

constexpr std::size_t kMaxPassword = 4096;

/// What descriptor 3 has to say, up to a NUL or its end; nothing if it cannot be read.
std::optional<std::string> read_descriptor_3() {
  std::string text;
  char octet = 0;
  for (;;) {
    const ssize_t n = ::read(3, &octet, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || text.size() > kMaxPassword) return std::nullopt;
    if (n == 0 || octet == '\0') return text;
    text += octet;
  }
}

/// Shells and editors end what they write with one, and no password has it.
std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

base::Result<std::string> read_key_password(KeyPasswordSource source,
                                            const std::string& path) {
  if (source == KeyPasswordSource::descriptor_3) {
    const auto text = read_descriptor_3();
    close(3);
    if (text) return without_line_end(*text);
    return base::fail(base::ErrorKind::usage, base::Code::bad_password,
                      "unable to read the key's password from descriptor 3");
  }
  if (path.empty()) return std::string();
  auto read = io::read_file(path, kMaxPassword);
  if (!read) return tl::unexpected(read.error().in("unable to read the key's password"));
  return without_line_end(read->substr(0, read->find('\0')));
}

}  // namespace cli

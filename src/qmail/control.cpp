#include "src/qmail/control.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "src/io/descriptor.h"

namespace qmail {
namespace {

constexpr std::size_t kMostOctets = std::size_t{16} * 1024 * 1024;

tl::unexpected<base::Error> unreadable(const std::string& path, std::string_view why) {
  return base::fail(base::ErrorKind::temporary, base::Code::control,
                    "unable to read " + path + ": " + std::string(why));
}

/// The whole text of a file; nothing if there is none.
base::Result<std::optional<std::string>> text_of(const std::string& path) {
  const io::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) return std::optional<std::string>();
    return unreadable(path, base::system_message(errno));
  }
  std::string text;
  for (;;) {
    constexpr std::size_t kChunk = 16 * 1024;
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    const ssize_t n = ::read(file.get(), text.data() + before, kChunk);
    text.resize(before + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n == 0) return std::optional(std::move(text));
    if (n < 0 && errno != EINTR) return unreadable(path, base::system_message(errno));
    if (text.size() > kMostOctets) return unreadable(path, "it is too large");
  }
}

std::string_view trimmed(std::string_view line) {
  const std::size_t last = line.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

/// Whether a line is one to be read: not empty, no comment.
bool says_something(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] != '#';
}

/// The text without the byte order mark that editors put in front of UTF-8 (RFC 3629 6):
/// it would be part of the first name.
std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace

base::Result<std::vector<Line>> Control::numbered_lines(std::string_view name) const {
  const auto text = text_of(path(name));
  if (!text) return tl::unexpected(text.error());
  std::vector<Line> out;
  std::string_view rest = *text ? without_mark(**text) : std::string_view();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = trimmed(rest.substr(0, end));
    if (says_something(line)) out.push_back({number, std::string(line)});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return out;
}

base::Result<std::vector<std::string>> Control::lines(std::string_view name) const {
  auto numbered = numbered_lines(name);
  if (!numbered) return tl::unexpected(numbered.error());
  std::vector<std::string> out;
  for (Line& line : *numbered) out.push_back(std::move(line.text));
  return out;
}

base::Result<std::optional<std::string>> Control::line(std::string_view name) const {
  auto all = lines(name);
  if (!all) return tl::unexpected(all.error());
  return all->empty() ? std::nullopt : std::optional(std::move(all->front()));
}

base::Result<unsigned long> Control::number(std::string_view name,
                                            unsigned long otherwise) const {
  const auto text = line(name);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return otherwise;
  unsigned long value = 0;
  const char* end = (*text)->data() + (*text)->size();
  const auto [rest, error] = std::from_chars((*text)->data(), end, value);
  return error == std::errc() ? value : otherwise;
}

base::Result<bool> Control::exists(const std::string& name) const {
  if (access(path(name).c_str(), F_OK) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return unreadable(path(name), base::system_message(errno));
}

}  // namespace qmail

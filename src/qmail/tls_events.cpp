#include "src/qmail/tls_events.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "src/io/file.h"

namespace qmail {
namespace {

constexpr std::size_t kFields = 7;  // before the records
constexpr std::size_t kMostRecords = 100;
constexpr std::size_t kMostOctets = std::size_t{1} << 30U;

std::string file_of(const std::string& directory, std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const auto two = [](unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return directory + "/" + std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day()));
}

/// A field of a line: no tabs, no line ends.
std::string field(std::string_view text) { return base::printable(text, 2000); }

std::string line_of(const TlsEvent& event) {
  std::string out;
  for (const std::string* text :
       {&event.domain, &event.policy, &event.result, &event.host, &event.address,
        &event.source, &event.reason}) {
    out += field(*text) + "\t";
  }
  for (std::size_t i = 0; i < std::min(event.records.size(), kMostRecords); ++i) {
    out += field(event.records[i]) + "\t";
  }
  out.back() = '\n';
  return out;
}

bool read_line(std::string_view line, TlsEvent& out) {
  std::vector<std::string> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) break;
    line.remove_prefix(tab + 1);
  }
  if (fields.size() < kFields || fields[0].empty()) return false;
  out = {fields[0], fields[1], {}, fields[2], fields[3], fields[4], fields[5], fields[6]};
  out.records.assign(fields.begin() + kFields, fields.end());
  return true;
}

}  // namespace

void keep_event(const std::string& directory, const TlsEvent& event,
                std::chrono::sys_seconds now) {
  const std::string path = file_of(directory, std::chrono::floor<std::chrono::days>(now));
  constexpr mode_t kMode = 0640;
  const io::Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kMode));
  struct stat facts {};
  if (!file || !io::lock_soon(file.get()) || fstat(file.get(), &facts) != 0) return;
  const std::string line = line_of(event);
  const ssize_t written = ::write(file.get(), line.data(), line.size());
  // A full disk: no count, and no half of one.
  if (written >= 0 && static_cast<std::size_t>(written) < line.size() &&
      ftruncate(file.get(), facts.st_size) != 0) {
    return;
  }
}

base::Result<std::vector<TlsEvent>> read_events(const std::string& directory,
                                                std::chrono::sys_days day) {
  std::vector<TlsEvent> out;
  const std::string path = file_of(directory, day);
  if (access(path.c_str(), F_OK) != 0) return out;
  const auto text = io::read_file(path, kMostOctets);
  if (!text) return tl::unexpected(text.error());
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    TlsEvent event;
    if (read_line(rest.substr(0, end), event)) out.push_back(std::move(event));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return out;
}

}  // namespace qmail

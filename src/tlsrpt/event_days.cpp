#include "src/tlsrpt/event_days.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <optional>

#include "src/base/error.h"
#include "src/tlsrpt/day_folder.h"

namespace tlsrpt {
namespace {

/// A day in the older form. A session is a line there; those of a kind are one event.
void read_plain_file(const std::string& path, DayOfEvents& out) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (access(path.c_str(), F_OK) == 0) {
      out.troubles.push_back(path + ": " + base::system_message(errno));
    }
    return;
  }
  constexpr std::size_t kMostLine = std::size_t{256} * 1024;
  constexpr std::size_t kMostOctets = std::size_t{1} << 20U;  // of a domain
  std::map<std::string, std::size_t> counts, octets;
  for (std::string line; std::getline(file, line);) {
    TlsEvent event;
    if (line.size() > kMostLine || !read_plain_line(line, event)) {
      if (!line.empty()) ++out.found.left_out;
      continue;
    }
    if (const auto known = counts.find(line); known != counts.end()) {
      ++known->second;
    } else if ((octets[event.domain] += line.size()) <= kMostOctets) {
      counts.emplace(std::move(line), 1);
    }
  }
  for (const auto& [line, sessions] : counts) {
    TlsEvent event;
    if (!read_plain_line(line, event)) continue;
    event.sessions = sessions;
    out.found.events.push_back(std::move(event));
  }
}

void read_folder(const std::string& path, DayOfEvents& out) {
  const io::Descriptor folder = open_folder(AT_FDCWD, path.c_str());
  const auto names =
      folder ? names_in(folder.get()) : std::optional<std::vector<std::string>>();
  if (!names) {
    if (errno != ENOENT)
      out.troubles.push_back(path + ": " + base::system_message(errno));
    return;
  }
  for (const std::string& name : *names) {
    const io::Descriptor file(openat(folder.get(), name.c_str(),
                                     O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
      const std::string why = base::system_message(errno);
      out.troubles.push_back(
          std::string(path).append("/").append(name).append(": ").append(why));
      continue;
    }
    read_counted_lines(text_in(file.get()), out.found);
  }
}

}  // namespace

DayOfEvents read_events(const std::string& store, std::chrono::sys_days day) {
  DayOfEvents out;
  read_plain_file(store + "/" + date_of(day), out);
  read_folder(store + "/" + date_of(day) + std::string(kDayFolder), out);
  return out;
}

}  // namespace tlsrpt

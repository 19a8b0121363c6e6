#include "src/tlsrpt/event_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "src/io/file.h"
#include "src/tlsrpt/day_folder.h"
#include "src/tlsrpt/store_room.h"

namespace tlsrpt {
namespace {

using std::chrono::sys_days;

constexpr std::size_t kDateLength = 10;
constexpr mode_t kReadWrite = 0666;
constexpr mode_t kPermissions = 0777;

std::string folder_of(std::chrono::sys_seconds now) {
  return date_of(std::chrono::floor<std::chrono::days>(now)) + std::string(kDayFolder);
}

/// The day of an entry of the store, `2026-06-01` or `2026-06-01.d`; nothing for others.
std::optional<sys_days> day_of(std::string_view name) {
  if (name.ends_with(kDayFolder)) name.remove_suffix(kDayFolder.size());
  if (name.size() != kDateLength) return std::nullopt;
  const auto number = [&](std::size_t begin, std::size_t length) {
    unsigned out = 0;
    (void)std::from_chars(name.data() + begin, name.data() + begin + length, out);
    return out;
  };
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(number(0, 4))), std::chrono::month(number(5, 2)),
      std::chrono::day(number(8, 2))};
  // What does not come out of it as it went in is no date.
  if (!date.ok() || date_of(date) != name) return std::nullopt;
  return sys_days(date);
}

/// Root becomes the owner of the store for as long as this lives: what root made would be
/// read and written by nobody else.
class AsOwner {
 public:
  explicit AsOwner(const struct stat& store) {
    if (geteuid() != 0 || store.st_uid == 0) return;
    group_ = getegid();
    changed_ = setegid(store.st_gid) == 0;
    good_ = changed_ && seteuid(store.st_uid) == 0;
  }
  ~AsOwner() {
    if (!changed_) return;
    if (seteuid(0) != 0 || setegid(group_) != 0) good_ = false;
  }
  AsOwner(const AsOwner&) = delete;
  AsOwner& operator=(const AsOwner&) = delete;
  [[nodiscard]] bool good() const { return good_; }

 private:
  gid_t group_ = 0;
  bool changed_ = false;
  bool good_ = true;
};

/// The folder of a day, made if it is not there and there is room, with the permissions
/// of the store.
io::Descriptor day_folder(int store, const struct stat& facts, const std::string& name) {
  io::Descriptor known = open_folder(store, name.c_str());
  if (known || errno != ENOENT || !why_no_room(store).empty()) return known;
  const mode_t mode = facts.st_mode & kPermissions;
  const bool made = mkdirat(store, name.c_str(), mode) == 0;
  io::Descriptor out = open_folder(store, name.c_str());
  if (out && made) (void)!fchmod(out.get(), mode);  // whatever the umask says
  return out;
}

/// The file of a domain, made if it is not there and there is room: names that somebody
/// makes up shut no domain out that has one.
io::Descriptor opened_file(int folder, const struct stat& facts,
                           const std::string& name) {
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  io::Descriptor known(openat(folder, name.c_str(), kFlags));
  if (known || errno != ENOENT || !why_no_room(folder).empty()) return known;
  const mode_t mode = facts.st_mode & kReadWrite;
  io::Descriptor made(openat(folder, name.c_str(), kFlags | O_CREAT | O_EXCL, mode));
  if (!made) return io::Descriptor(openat(folder, name.c_str(), kFlags));
  (void)!fchmod(made.get(), mode);
  return made;
}

/// The file of a domain, under its lock; none if it is not to be had.
io::Descriptor domain_file(int folder, const struct stat& facts,
                           const std::string& name) {
  io::Descriptor out = opened_file(folder, facts, name);
  struct stat own {};
  if (!out || fstat(out.get(), &own) != 0 || !S_ISREG(own.st_mode) ||
      !io::lock_soon(out.get())) {
    return {};
  }
  return out;
}

bool write_at(int file, std::string_view text, std::size_t at) {
  const ssize_t n = pwrite(file, text.data(), text.size(), static_cast<off_t>(at));
  return n >= 0 && static_cast<std::size_t>(n) == text.size();
}

/// Where the number of an event stands in the text of a file; nothing if it has no line.
std::optional<std::size_t> place_of(const std::string& text, const std::string& line) {
  const std::string whole = "\t" + line + "\n";
  for (std::size_t at = text.find(whole); at != std::string::npos;
       at = text.find(whole, at + 1)) {
    const bool begins =
        at == kCountDigits || (at > kCountDigits && text[at - kCountDigits - 1] == '\n');
    if (begins) return at - kCountDigits;
  }
  return std::nullopt;
}

/// Counts one event; false if the file takes no more.
bool count(int file, std::string& text, TlsEvent event) {
  const auto place = place_of(text, line_of(event));
  if (place) {
    std::size_t before = 0;
    (void)std::from_chars(text.data() + *place, text.data() + *place + kCountDigits,
                          before);
    event.sessions += before;
    const std::string digits = counted_line(event).substr(0, kCountDigits);
    text.replace(*place, kCountDigits, digits);
    return write_at(file, digits, *place);
  }
  const std::string line = counted_line(event) + "\n";
  if (text.size() + line.size() > kMostOfDomain) return true;
  if (!write_at(file, line, text.size())) {
    // A full disk: no count, and no half of one.
    (void)!ftruncate(file, static_cast<off_t>(text.size()));
    return false;
  }
  text += line;
  return true;
}

void remove_folder(int store, const std::string& name,
                   std::chrono::steady_clock::time_point until) {
  const io::Descriptor folder = open_folder(store, name.c_str());
  if (!folder) return;
  for (const std::string& file :
       names_in(folder.get()).value_or(std::vector<std::string>())) {
    if (std::chrono::steady_clock::now() > until) return;  // the next one goes on
    (void)!unlinkat(folder.get(), file.c_str(), 0);
  }
  (void)!unlinkat(store, name.c_str(), AT_REMOVEDIR);
}

void remove_old(int store, sys_days today) {
  constexpr std::chrono::milliseconds kMostTime{500};
  const auto until = std::chrono::steady_clock::now() + kMostTime;
  for (const std::string& name : names_in(store).value_or(std::vector<std::string>())) {
    const auto day = day_of(name);
    if (!day || *day + kKept >= today) continue;
    if (name.ends_with(kDayFolder)) {
      remove_folder(store, name, until);
    } else {
      (void)!unlinkat(store, name.c_str(), 0);
    }
  }
}

/// Why a folder takes no file, with its path; empty if it does.
std::string without_room(const std::string& path) {
  const io::Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string why =
      folder ? why_no_room(folder.get()) : base::system_message(errno);
  return why.empty() ? "" : path + ": " + why;
}

}  // namespace

void keep_events(const std::string& store, std::span<const TlsEvent> events,
                 std::chrono::sys_seconds now) {
  // The store itself may be a link, to where there is room.
  const io::Descriptor folder(open(store.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat facts {};
  if (!folder || fstat(folder.get(), &facts) != 0) return;
  const AsOwner owner(facts);
  if (!owner.good()) return;
  remove_old(folder.get(), std::chrono::floor<std::chrono::days>(now));
  if (events.empty() || !is_report_domain(events.front().domain)) return;
  const io::Descriptor day = day_folder(folder.get(), facts, folder_of(now));
  if (!day) return;
  const io::Descriptor file = domain_file(day.get(), facts, events.front().domain);
  if (!file) return;
  std::string text = text_in(file.get());
  text.resize(text.rfind('\n') + 1);  // without what a crash left of a line
  for (const TlsEvent& event : events) {
    if (event.domain == events.front().domain && !count(file.get(), text, event)) return;
  }
}

std::string why_not_kept(const std::string& store, const std::string& domain,
                         std::chrono::sys_seconds now) {
  if (!is_report_domain(domain)) return "";  // nothing is kept of it anyway
  if (access(store.c_str(), F_OK) != 0 && errno == ENOENT) return "";
  const std::string day = store + "/" + folder_of(now);
  const std::string file = day + "/" + domain;
  for (const std::string& path : {file, day, store}) {
    const bool is_file = path == file;
    const int wanted = is_file ? R_OK | W_OK : R_OK | W_OK | X_OK;
    if (faccessat(AT_FDCWD, path.c_str(), wanted, AT_EACCESS) == 0) {
      return is_file ? "" : without_room(path);
    }
    if (errno != ENOENT) return path + ": " + base::system_message(errno);
  }
  return "";
}

}  // namespace tlsrpt

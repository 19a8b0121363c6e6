#include "src/qmail/dead_hosts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "src/io/descriptor.h"
#include "src/io/file.h"

namespace qmail {
namespace {

constexpr std::size_t kSlots = 1024;
constexpr std::int64_t kApart = 120;       // seconds between two failures that count
constexpr std::int64_t kMemory = 60 * 60;  // seconds that a dead host is left alone

/// A slot of the file, in the machine's own order of octets: the file never travels.
struct Slot {
  std::array<std::byte, 16> address{};  ///< IPv4 as ::ffff:a.b.c.d; all zero: free
  std::int64_t first = 0;               ///< failure that counts, seconds since 1970
  std::int64_t last = 0;
};

std::array<std::byte, 16> key_of(const net::Address& address) {
  std::array<std::byte, 16> out{};
  const auto bytes = address.bytes();
  if (bytes.size() == 4) {
    out[10] = out[11] = std::byte{0xff};
    std::ranges::copy(bytes, out.begin() + 12);
  } else {
    std::ranges::copy(bytes, out.begin());
  }
  return out;
}

constexpr std::size_t kSize = kSlots * sizeof(Slot);
using Slots = std::vector<Slot>;

/// All slots as they are now; free ones where the file ends. A slot that is being written
/// is at worst half an old one and half a new one, and forgotten by the next who writes.
Slots read_slots(int file) {
  Slots out(kSlots);
  std::size_t at = 0;
  auto* octets = reinterpret_cast<char*>(out.data());
  while (at < kSize) {
    const ssize_t n = pread(file, octets + at, kSize - at, static_cast<off_t>(at));
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  if (at < kSize)
    std::fill(out.begin() + static_cast<long>(at / sizeof(Slot)), out.end(), Slot());
  return out;
}

/// Writes one slot of them.
void write_slot(int file, const Slots& slots, std::size_t index) {
  const auto offset = static_cast<off_t>(index * sizeof(Slot));
  // What cannot be written is not remembered.
  (void)!pwrite(file, &slots[index], sizeof(Slot), offset);
}

std::size_t index_of(const Slots& slots, const net::Address& address) {
  const auto found = std::ranges::find(slots, key_of(address), &Slot::address);
  return static_cast<std::size_t>(found - slots.begin());
}

/// When qmail's own memory of this kind, beside ours, was last cleared: nobody else
/// writes to it where this program has taken the stock one's place.
std::int64_t cleared_at(const std::string& path) {
  const std::string stock = path.substr(0, path.rfind('/') + 1) + "tcpto";
  struct stat facts {};
  return stat(stock.c_str(), &facts) == 0 ? facts.st_mtime : 0;
}

/// The file, for reading, or under its lock for writing; none if there is none to be had.
io::Descriptor open_file(const std::string& path, bool write) {
  io::Descriptor file(open(
      path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  if (!file || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
      (write && !io::lock_soon(file.get()))) {
    return {};
  }
  return file;
}

}  // namespace

bool DeadHosts::is_dead(const net::Address& address, std::chrono::sys_seconds now) const {
  const io::Descriptor file = open_file(path_, false);
  if (!file) return false;
  const Slots slots = read_slots(file.get());
  const std::size_t at = index_of(slots, address);
  if (at == slots.size()) return false;
  const Slot& slot = slots[at];
  const std::int64_t age = now.time_since_epoch().count() - slot.last;
  return slot.last - slot.first >= kApart && age >= 0 && age < kMemory &&
         slot.last > cleared_at(path_);
}

void DeadHosts::failed(const net::Address& address, std::chrono::sys_seconds now) const {
  const io::Descriptor file = open_file(path_, true);
  if (!file) return;
  Slots slots = read_slots(file.get());
  const std::int64_t second = now.time_since_epoch().count();
  std::size_t at = index_of(slots, address);
  if (at < slots.size() && second - slots[at].last < kMemory &&
      slots[at].last > cleared_at(path_)) {
    slots[at].last = std::max(second, slots[at].last);
  } else {
    if (at == slots.size()) {  // in place of the oldest
      const auto oldest = std::ranges::min_element(slots, {}, &Slot::last);
      at = static_cast<std::size_t>(oldest - slots.begin());
    }
    slots[at] = {key_of(address), second, second};
  }
  write_slot(file.get(), slots, at);
}

void DeadHosts::answered(const net::Address& address) const {
  {
    const io::Descriptor file = open_file(path_, false);
    if (!file) return;
    const Slots slots = read_slots(file.get());
    if (index_of(slots, address) == slots.size()) return;
  }
  const io::Descriptor file = open_file(path_, true);
  if (!file) return;
  Slots slots = read_slots(file.get());
  const std::size_t at = index_of(slots, address);
  if (at == slots.size()) return;
  slots[at] = Slot();
  write_slot(file.get(), slots, at);
}

}  // namespace qmail

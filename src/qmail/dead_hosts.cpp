#include "src/qmail/dead_hosts.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>

#include "src/io/descriptor.h"

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

/// The file's slots under a lock, for as long as this lives.
class Table {
 public:
  Table(const std::string& path, bool write)
      : file_(open(path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW)) {
    if (!file_ || flock(file_.get(), write ? LOCK_EX : LOCK_SH) != 0) return;
    struct stat facts {};
    if (fstat(file_.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return;
    if (static_cast<std::size_t>(facts.st_size) < kSize) {
      if (!write || ftruncate(file_.get(), kSize) != 0) return;
    }
    void* memory = mmap(nullptr, kSize, write ? PROT_READ | PROT_WRITE : PROT_READ,
                        MAP_SHARED, file_.get(), 0);
    if (memory != MAP_FAILED) slots_ = static_cast<Slot*>(memory);
  }
  ~Table() {
    if (slots_ != nullptr) munmap(slots_, kSize);
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  [[nodiscard]] std::span<Slot> slots() const {
    return slots_ == nullptr ? std::span<Slot>() : std::span(slots_, kSlots);
  }
  [[nodiscard]] Slot* find(const net::Address& address) const {
    const auto key = key_of(address);
    const auto all = slots();
    const auto found = std::ranges::find(all, key, &Slot::address);
    return found == all.end() ? nullptr : &*found;
  }

 private:
  static constexpr std::size_t kSize = kSlots * sizeof(Slot);
  io::Descriptor file_;
  Slot* slots_ = nullptr;
};

}  // namespace

bool DeadHosts::is_dead(const net::Address& address, std::chrono::sys_seconds now) const {
  const Table table(path_, false);
  const Slot* slot = table.find(address);
  if (slot == nullptr) return false;
  const std::int64_t age = now.time_since_epoch().count() - slot->last;
  return slot->last - slot->first >= kApart && age >= 0 && age < kMemory;
}

void DeadHosts::failed(const net::Address& address, std::chrono::sys_seconds now) const {
  const Table table(path_, true);
  if (table.slots().empty()) return;
  const std::int64_t second = now.time_since_epoch().count();
  Slot* slot = table.find(address);
  if (slot != nullptr && second - slot->last < kMemory) {
    slot->last = std::max(second, slot->last);
    return;
  }
  if (slot == nullptr) {
    slot = &*std::ranges::min_element(table.slots(), {}, &Slot::last);  // the oldest
  }
  *slot = {key_of(address), second, second};
}

void DeadHosts::answered(const net::Address& address) const {
  {
    const Table table(path_, false);
    if (table.find(address) == nullptr) return;
  }
  const Table table(path_, true);
  if (Slot* slot = table.find(address)) *slot = Slot();
}

}  // namespace qmail

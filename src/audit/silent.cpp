#include "src/audit/silent.h"

namespace audit {
namespace {

constexpr std::chrono::minutes kSpan{10};
constexpr std::size_t kMost = 100'000;

std::string key_of(const net::Address& address) {
  return std::string(base::as_text(address.bytes()));
}

}  // namespace

void SilentAddresses::add(const net::Address& address, base::Error why) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMost) entries_.clear();
  entries_.insert_or_assign(key_of(address),
                            Entry{std::move(why), io::Clock::now() + kSpan});
}

std::optional<base::Error> SilentAddresses::find(const net::Address& address) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key_of(address));
  if (at == entries_.end()) return std::nullopt;
  if (io::Clock::now() < at->second.until) return at->second.why;
  entries_.erase(at);
  return std::nullopt;
}

}  // namespace audit

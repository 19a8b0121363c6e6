#include "src/audit/slow.h"

#include <algorithm>

namespace audit {
namespace {

constexpr std::chrono::minutes kSpan{10};
constexpr std::size_t kMost = 100'000;
constexpr int kSlowShare = 6;  // of the time for a reply
constexpr int kMostReplies = 60;

std::string key_of(const net::Address& address) {
  return std::string(base::as_text(address.bytes()));
}

}  // namespace

SlowAddresses::Entry& SlowAddresses::entry(const net::Address& address) {
  if (entries_.size() >= kMost) entries_.clear();
  return entries_[key_of(address)];
}

void SlowAddresses::give_up(const net::Address& address, base::Error why) {
  const std::lock_guard lock(mutex_);
  Entry& at = entry(address);
  at.why = std::move(why);
  at.until = io::Clock::now() + kSpan;
}

void SlowAddresses::count(const net::Address& address, io::Duration took,
                          io::TimePoint now) {
  if (took < reply_ / kSlowShare) return;
  const std::lock_guard lock(mutex_);
  Entry& at = entry(address);
  const io::Duration forgiven = (now - at.counted) / 2;
  at.slow = std::max(at.slow - forgiven, io::Duration(0)) + took;
  at.counted = now;
  if (at.why || at.slow <= reply_ * kMostReplies) return;
  at.why = {base::ErrorKind::temporary, "too_much", "its address takes too long"};
  at.until = now + kSpan;
}

std::optional<base::Error> SlowAddresses::find(const net::Address& address) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key_of(address));
  if (at == entries_.end() || !at->second.why) return std::nullopt;
  if (io::Clock::now() < at->second.until) return at->second.why;
  entries_.erase(at);
  return std::nullopt;
}

}  // namespace audit

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

io::Duration SlowAddresses::slow_at(const Entry& entry, io::TimePoint now) {
  return std::max(entry.slow - (now - entry.counted) / 2, io::Duration(0));
}

SlowAddresses::Entry& SlowAddresses::entry(const net::Address& address,
                                           io::TimePoint now) {
  const std::string key = key_of(address);
  if (entries_.size() >= kMost && !entries_.contains(key)) {
    std::erase_if(entries_, [&](const auto& one) {
      const bool left_alone = one.second.why && now < one.second.until;
      return !left_alone && slow_at(one.second, now) == io::Duration(0);
    });
    if (entries_.size() >= kMost) entries_.clear();
  }
  return entries_[key];
}

void SlowAddresses::give_up(const net::Address& address, base::Error why,
                            io::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Entry& at = entry(address, now);
  at.why = std::move(why);
  at.until = now + kSpan;
}

void SlowAddresses::count(const net::Address& address, io::Duration took,
                          io::TimePoint now) {
  if (took < reply_ / kSlowShare) return;
  const std::lock_guard lock(mutex_);
  Entry& at = entry(address, now);
  at.slow = slow_at(at, now) + took;
  at.counted = now;
  if (at.slow <= reply_ * kMostReplies) return;
  at.why = {base::ErrorKind::temporary, "too_slow", "its address takes too long"};
  at.until = now + kSpan;
}

std::optional<base::Error> SlowAddresses::find(const net::Address& address,
                                               io::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key_of(address));
  if (at == entries_.end() || now >= at->second.until) return std::nullopt;
  return at->second.why;
}

}  // namespace audit

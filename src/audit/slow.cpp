#include "src/audit/slow.h"

#include <algorithm>

namespace audit {
namespace {

constexpr std::chrono::minutes kSpan{10};
constexpr std::size_t kMost = 100'000;
constexpr int kSlowShare = 3;  // of the time for a reply
constexpr std::chrono::seconds kFastEnough{5};
constexpr int kMostReplies = 60;

std::string key_of(const net::Endpoint& endpoint) {
  return std::string(base::as_text(endpoint.address.bytes())) +
         std::to_string(endpoint.port);
}

}  // namespace

io::Duration SlowEndpoints::slow_at(const Entry& entry, TimePoint now) {
  return std::max(entry.slow - (now - entry.counted) / 2, io::Duration(0));
}

SlowEndpoints::Entry& SlowEndpoints::entry(const net::Endpoint& endpoint, TimePoint now) {
  const std::string key = key_of(endpoint);
  if (entries_.size() >= kMost && !entries_.contains(key)) {
    std::erase_if(entries_, [&](const auto& one) {
      return now >= one.second.until && slow_at(one.second, now) == io::Duration(0);
    });
    if (entries_.size() >= kMost) entries_.clear();
  }
  return entries_[key];
}

void SlowEndpoints::give_up(const net::Endpoint& endpoint, Silence why, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Entry& at = entry(endpoint, now);
  at.why = std::move(why);
  at.until = now + kSpan;
}

bool SlowEndpoints::is_slow(io::Duration took) const {
  return took >= std::max<io::Duration>(reply_ / kSlowShare, kFastEnough);
}

void SlowEndpoints::count(const net::Endpoint& endpoint, io::Duration took,
                          TimePoint now) {
  if (!is_slow(took)) return;
  const std::lock_guard lock(mutex_);
  Entry& at = entry(endpoint, now);
  at.slow = slow_at(at, now) + took;
  at.counted = now;
  if (at.slow <= reply_ * kMostReplies) return;
  at.why = Silence{
      {base::ErrorKind::temporary, base::Code::too_slow, "its address takes too long"},
      false};
  at.until = now + kSpan;
}

std::optional<Silence> SlowEndpoints::find(const net::Endpoint& endpoint, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key_of(endpoint));
  if (at == entries_.end() || now >= at->second.until) return std::nullopt;
  return at->second.why;
}

std::size_t SlowEndpoints::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace audit

#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "src/base/bytes.h"

namespace keeper {

/// What all keys of tickets are made from: 32 random octets, in memory alone, that are
/// replaced after a day. Whoever has them can read the tickets of that day and no others.
class TicketSecret {
 public:
  using Clock = std::chrono::steady_clock;

  TicketSecret() { replace(Clock::now()); }
  ~TicketSecret();
  TicketSecret(const TicketSecret&) = delete;
  TicketSecret& operator=(const TicketSecret&) = delete;

  /// The key for these words, 64 octets (HMAC-SHA-512): other words, another key. Empty
  /// if it cannot be made.
  [[nodiscard]] base::Bytes key_for(std::string_view words, Clock::time_point now);

 private:
  void replace(Clock::time_point now);

  std::array<std::byte, 32> octets_{};
  Clock::time_point made_;
};

}  // namespace keeper

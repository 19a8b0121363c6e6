#pragma once

#include <cstddef>

namespace qmail {

/// Counts the addresses that are tried for one message. Whoever answers for a domain says
/// how many there are: without bounds its mail would occupy a process for days.
class AttemptCount {
 public:
  static constexpr std::size_t kMostOfHost = 64;
  static constexpr std::size_t kMostOfMessage = 256;

  /// The next attempts are at another host.
  void next_host() { of_host_ = 0; }
  /// Counts one attempt; false if there must be none any more at this host.
  [[nodiscard]] bool take() {
    return ++of_host_ <= kMostOfHost && ++of_message_ <= kMostOfMessage;
  }

 private:
  std::size_t of_host_ = 0;
  std::size_t of_message_ = 0;
};

}  // namespace qmail

#pragma once

#include <deque>
#include <span>
#include <vector>

#include "resolver/host.h"
#include "src/io/ahead.h"
#include "src/qmail/route.h"

namespace qmail {

/// The addresses of mail hosts, a group of one preference after the other. Hosts of a
/// group are looked up side by side, and a group while the one before it is tried: when a
/// host is down, the next one is known. A search that nobody needs any more, since the
/// mail was taken, holds nobody up.
class HostSearch {
 public:
  /// Hosts that are looked up at a time: a domain can name many.
  static constexpr std::size_t kAtOnce = 8;

  using Group = std::span<const mail::MailHost>;
  using Found = std::vector<base::Result<resolver::Host>>;

  /// Loop, resolver and groups must outlive it, and loop and resolver what it began.
  HostSearch(io::Loop& loop, resolver::Resolver& resolver, std::span<const Group> groups)
      : loop_(loop), resolver_(resolver), groups_(groups) {}

  /// Begins with the next group, if there is one.
  void begin_next();
  /// What was found for the group that was begun first of those not taken yet, in the
  /// order of its hosts; one must have been begun.
  [[nodiscard]] io::Task<Found> take();

 private:
  io::Loop& loop_;
  resolver::Resolver& resolver_;
  std::span<const Group> groups_;
  std::size_t next_ = 0;
  std::deque<io::Ahead<Found>> begun_;
};

}  // namespace qmail

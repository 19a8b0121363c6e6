#pragma once

#include <functional>
#include <span>
#include <vector>

#include "src/qmail/route.h"

namespace qmail {

// A backup mail host that hands mail on to itself, or to a host that prefers it less,
// sends it round and round. RFC 5321 5.1: where this machine is among the mail hosts,
// those of its own preference and of all higher ones must not be used; where it is the
// best one, the domain is misconfigured and the mail goes back to its sender. A relay of
// smtproutes is the user's own word, also where it is another port of this machine (a
// content filter): it is used as it is.

/// Whether an address is this machine.
using IsOwn = std::function<bool(const net::Address&)>;

/// What becomes of the hosts of one preference, and of all behind them.
enum class GroupUse {
  bounce,  ///< the best one is this machine: nobody else may have the mail
  stop,    ///< this machine is among them: only hosts before them may have it
  use,     ///< none is this machine
};

/// The use of a group by the addresses of all its hosts; `position` counts the groups
/// from the best one, which is 0.
[[nodiscard]] GroupUse use_of_group(const Route& route, std::size_t position,
                                    std::span<const net::Address> addresses,
                                    const IsOwn& is_own);

/// The hosts in groups of one preference, in their order.
[[nodiscard]] std::vector<std::span<const mail::MailHost>> by_preference(
    std::span<const mail::MailHost> hosts);

}  // namespace qmail

// Where qmail-remote counts TLS sessions for the reports of RFC 8460.
//
// The store is a folder, `queue/tlsrpt`, that an administrator makes; without it nothing
// is counted. Below it is a folder for each day (UTC), `2026-06-01.d`, in which each
// domain has a file of its own, and in that a line for each kind of session with their
// number in front. So what a domain makes us write is bounded for that domain and day, a
// session more of a known kind changes ten octets, and two deliveries wait for one
// another only if they are to the same domain. The day is bounded by the number of
// domains and by what is left of the file system (store_room.h): a domain that has its
// file goes on being counted, a new one is not.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/tlsrpt/tls_events.h"

namespace tlsrpt {

/// Days after which what is in the store is removed by the next who writes to it.
inline constexpr std::chrono::days kKept{31};

/// Counts the events of one delivery, all of one domain, under the lock of its file, and
/// removes what is too old. Once a file has kMostOfDomain octets, sessions of kinds that
/// are in it go on being counted, and those of other kinds are not. A domain without a
/// file gets none where `why_no_room` says why. Where the store is missing or cannot be
/// written to nothing is kept; nothing is waited for longer than a tenth of a second.
/// Root writes as the owner of the store, so that a test by hand shuts nobody out.
void keep_events(const std::string& store, std::span<const TlsEvent> events,
                 std::chrono::sys_seconds now);

/// Why events of a domain could not be kept now, with the path; empty if they can be, or
/// if there is no store.
[[nodiscard]] std::string why_not_kept(const std::string& store,
                                       const std::string& domain,
                                       std::chrono::sys_seconds now);

}  // namespace tlsrpt

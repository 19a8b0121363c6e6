#pragma once

#include <cstdint>
#include <string>

#include "src/qmail/attempt.h"
#include "src/qmail/policies.h"
#include "src/qmail/tls_events.h"

namespace qmail {

/// Whether what came of a session says something of the policy that a domain has
/// published, and not of one of ours: a pinned certificate, a trust store, a port or a
/// level that asks for no records are no affair of the domain's, and what they are is
/// none either (RFC 8460 4.4 knows policies of the recipient's alone).
[[nodiscard]] bool is_domains_own(const MailPolicy& policy, const mail::Peer& peer);
/// Whether a look-up of a host's records or addresses that failed says something of it:
/// where DANE was to be done at the port for mail, whatever else was asked for.
[[nodiscard]] bool is_domains_own(const MailPolicy& policy, std::uint16_t port);

/// Fills in what RFC 8460 4.3 has of an attempt; false if there is nothing to report of
/// it: no TLS session, and none that was wanted or refused.
[[nodiscard]] bool describe_session(const mail::Peer& peer, const AttemptResult& result,
                                    TlsEvent& event);

/// The same of a host that was not even connected to, because of its records (RFC 8460
/// 4.3.2.1).
[[nodiscard]] bool describe_failure(const base::Error& error, TlsEvent& event);

}  // namespace qmail

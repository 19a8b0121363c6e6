#pragma once

#include <cstdint>

#include "src/mail/reach.h"
#include "src/qmail/mail_policy.h"

namespace qmail {

// TLS reports (RFC 8460) tell a domain about the policy that it has published. A pinned
// certificate, a trust store, a port or a level that asks for no records are policies of
// ours: they are no affair of the domain's, and what they are is none either (RFC 8460
// 4.4 knows policies of the recipient's alone).

/// Whether what came of a session says something of the domain's own policy.
[[nodiscard]] bool is_domains_own(const MailPolicy& policy, const mail::Peer& peer);
/// Whether a look-up of a host's records or addresses that failed says something of it:
/// where DANE was to be done at the port for mail, whatever else was asked for.
[[nodiscard]] bool is_domains_own(const MailPolicy& policy, std::uint16_t port);

}  // namespace qmail

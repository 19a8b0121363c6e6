#pragma once

#include <optional>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/base/policy.h"
#include "src/tlsrpt/tls_events.h"
#include "verify/verdict.h"

namespace tlsrpt {

/// How TLS with one address of a mail host came out.
struct Session {
  net::Address address;
  bool established = false;           ///< a session came about that was good enough
  std::optional<base::Error> error;   ///< why not, or why the connection ended
  std::optional<verify::Reason> why;  ///< what the peer did not prove, if it came so far
};

/// Adds what RFC 8460 4.3 has to say of a session to an event that has domain, host and
/// source; `facts` are the host's TLSA records. False if there is nothing to report: no
/// TLS session, and none that was wanted or refused.
[[nodiscard]] bool describe_session(const policy::DnsFacts& facts, const Session& session,
                                    TlsEvent& event);

/// Adds why a host was not even connected to: its records or addresses are bogus, or DANE
/// is a duty and there are none (RFC 8460 4.3.2.1). False if the error says neither.
[[nodiscard]] bool describe_failure(const base::Error& error, TlsEvent& event);

}  // namespace tlsrpt

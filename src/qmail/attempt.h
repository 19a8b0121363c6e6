#pragma once

#include <optional>
#include <string>

#include "src/client/peer.h"
#include "src/client/secure.h"
#include "src/qmail/report.h"
#include "src/smtp/client.h"

namespace qmail {

/// What one message needs, whichever host takes it.
struct Mail {
  smtp::Envelope envelope;
  smtp::BodyFacts facts;
  int descriptor = 0;  ///< of the message; it is read from its beginning for each attempt
};

/// How connections are made.
struct Ways {
  io::Source source;
  std::string helo;
  std::chrono::seconds connect_limit{60};
  std::chrono::seconds remote_limit{1200};
  std::chrono::seconds greeting_limit{60};
  tls::Settings tls;
};

/// Whether TLS begins with the connection, or after STARTTLS.
enum class TlsStart { starttls, implicit };

/// One address of one host, and what is required of it.
struct Peer {
  net::Endpoint endpoint;
  TlsStart start = TlsStart::starttls;
  policy::DnsFacts facts;
  policy::Requirement requirement;
  const verify::Roots* roots = nullptr;
  std::string policy;        ///< the line or file that asked for it; empty: the default
  bool insecure_mx = false;  ///< found by MX records that DNSSEC does not secure
};

/// What came of an attempt: either the server has decided about the mail, or it could not
/// be spoken to as it must be, and another one may be tried.
struct AttemptResult {
  std::optional<Report> report;
  std::optional<base::Error> failure;
  std::optional<verify::Verdict> verdict;    ///< if a handshake came that far
  std::optional<tls::SessionFacts> session;  ///< of an accepted TLS session
  bool connected = false;
};

/// Connects to one address, proves it as it must be proved, and hands the mail over.
/// Clear text is used only where the requirement leaves TLS to the peer or forbids it:
/// after a peer that offers none, or on a second connection after a handshake that
/// failed.
[[nodiscard]] io::Task<AttemptResult> attempt(io::Loop& loop, const Peer& peer,
                                              const Ways& ways, const Mail& mail);

}  // namespace qmail

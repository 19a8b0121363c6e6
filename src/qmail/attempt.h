#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/mail/connection.h"
#include "src/qmail/report.h"

namespace qmail {

/// What one message needs, whichever host takes it.
struct Mail {
  smtp::Envelope envelope;
  smtp::BodyFacts facts;
  int descriptor = 0;  ///< of the message; it is read from its beginning for each attempt
};

/// What the log of a delivery says beside what was proved.
struct Circumstances {
  std::string policy;        ///< the line or file that asked for it; empty: the default
  bool insecure_mx = false;  ///< found by MX records that DNSSEC does not secure
};

/// What came of an attempt: either the server has decided about the mail, or it could not
/// be spoken to as it must be, and another one may be tried.
struct AttemptResult {
  std::optional<Report> report;
  std::optional<base::Error> failure;
  mail::Facts facts;  ///< of the last connection; no session unless it was opened
  std::vector<AttemptResult> earlier;  ///< handshakes that failed and were made up for
  bool connected = false;
};

/// Connects to one address, proves it as it must be proved, and hands the mail over.
/// Clear text is used only where the requirement leaves TLS to the peer or forbids it:
/// after a peer that offers none, or on a second connection after a handshake that
/// failed.
[[nodiscard]] io::Task<AttemptResult> attempt(io::Loop& loop, const mail::Peer& peer,
                                              const mail::Ways& ways,
                                              const Circumstances& circumstances,
                                              const Mail& mail);

}  // namespace qmail

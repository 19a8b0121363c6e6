#pragma once

#include <vector>

#include "src/client/contact.h"
#include "src/mail/reach.h"
#include "src/qmail/circumstances.h"
#include "src/qmail/outgoing_mail.h"

namespace qmail {

/// One address, as it is to be tried.
struct Approach {
  client::Target target;               ///< the host, and its port
  const MailPolicy* policy = nullptr;  ///< what is demanded of it
  net::Endpoint endpoint;
  mail::TlsStart start = mail::TlsStart::starttls;
  client::TermsLookup terms;  ///< what it must prove
  Circumstances circumstances;
  std::chrono::seconds greeting_limit{60};  ///< how long its greeting is waited for
};

/// The options of the flow to it, by those of mail in general.
[[nodiscard]] client::Options flow_of(const Approach& approach, mail::Options options);

/// The outcome of an attempt that nobody made.
[[nodiscard]] base::Result<Report> not_attempted();

/// What came of an attempt. Until somebody says otherwise it has failed.
struct AttemptResult {
  /// What the server decided about the mail; or why it could not be spoken to as it must
  /// be, so that another one may be tried.
  base::Result<Report> report = not_attempted();
  client::Seen facts;                  ///< of the last connection
  std::vector<AttemptResult> earlier;  ///< handshakes that failed and were made up for
  bool connected = false;
};

/// What the flow to one address came to, before anything is handed over. A handshake that
/// clear text made up for is among `earlier`, for the domain's TLS report counts it (RFC
/// 8460 4.3); one that another handshake made up for is not: TLS came about.
[[nodiscard]] AttemptResult attempt_result(const client::Connection& connection);

/// Connects to one address, proves it as it must be proved, and hands the mail over.
/// Clear text is used only where the requirement leaves TLS to the peer or forbids it:
/// after a peer that offers none, or on a second connection after a handshake that
/// failed (see client::next_try). The greeting is waited for as the approach says, and no
/// longer than `options.remote_limit`.
[[nodiscard]] io::Task<AttemptResult> attempt(client::Contact& contact,
                                              const Approach& approach,
                                              const mail::Options& options,
                                              const Mail& mail);

}  // namespace qmail

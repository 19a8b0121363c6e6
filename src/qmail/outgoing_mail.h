#pragma once

#include "src/qmail/control.h"
#include "src/qmail/job.h"
#include "src/qmail/report.h"
#include "src/smtp/client.h"

namespace qmail {

/// What one message needs, whichever host takes it.
struct Mail {
  smtp::Envelope envelope;
  smtp::BodyFacts facts;
  int descriptor = 0;  ///< of the message; it is read from its beginning for each attempt
};

/// The mail of a job, read once before any host is asked; or the report that says why no
/// server may see it: an address that would end its command, a message that cannot be
/// read, or one that SMTP cannot carry (RFC 5321 2.3.8, 4.1.2).
[[nodiscard]] tl::expected<Mail, Report> read_mail(const Control& control,
                                                   const Job& job);

}  // namespace qmail

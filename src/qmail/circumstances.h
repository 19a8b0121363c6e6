#pragma once

#include <string>

#include "src/client/flow.h"
#include "src/qmail/mail_policy.h"
#include "src/qmail/route.h"

namespace qmail {

/// What the log of a delivery says beside what was proved.
struct Circumstances {
  std::string policy;        ///< the line or file that asked for it; empty: the default
  bool insecure_mx = false;  ///< found by MX records that DNSSEC does not secure
};

/// A pinned certificate proves its peer whatever led to it, and so does an address that
/// the user wrote: neither is behind an MX record.
[[nodiscard]] Circumstances circumstances_for(const Route& route,
                                              const MailPolicy& policy);

/// What was proved, in a line for the log.
[[nodiscard]] std::string proof_text(const client::Seen& seen,
                                     const Circumstances& circumstances);

}  // namespace qmail

#pragma once

#include "src/qmail/control.h"
#include "src/qmail/policy_question.h"

namespace qmail {

/// The policy for a domain and one of its hosts, of the first of these that speaks of it:
/// control/danepolicy (domain), tlshosts and notlshosts (host), tlsdestinations (domain).
/// Error kind `temporary`, code `control`, for a line that cannot be understood, that can
/// match nothing, or that another one for the same domain puts out of effect: what it was
/// meant to protect would go unprotected.
[[nodiscard]] base::Result<MailPolicy> policy_of(const Control& control,
                                                 const PolicyQuestion& question);

}  // namespace qmail

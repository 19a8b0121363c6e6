#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/qmail/entries.h"
#include "src/qmail/mail_policy.h"

namespace qmail {

// control/danepolicy: `DOMAIN:LEVEL [ca=FILE] [match=NAME,...]`, by the domain of the
// mail. Error kind `temporary`, code `control`, for a line that cannot be honoured.

/// All entries of the file.
[[nodiscard]] base::Result<std::vector<Entry>> dane_policy_entries(
    const Control& control);
/// The policy of the entry for a domain, else for its longest suffix, else of `*`.
[[nodiscard]] base::Result<std::optional<MailPolicy>> dane_policy(
    const Control& control, const std::string& domain);

}  // namespace qmail

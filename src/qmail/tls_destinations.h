#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/qmail/entries.h"
#include "src/qmail/policy_question.h"

namespace qmail {

// control/tlsdestinations of s/qmail. Error kind `temporary`, code `control`, for a line
// that cannot be honoured.

/// All entries of the file.
[[nodiscard]] base::Result<std::vector<Entry>> tls_destination_entries(
    const Control& control);
/// The policy for a domain and a sender, of the first sign (`!`, `%`, `=`, `~`, none,
/// `-`) that has an entry for the domain or a suffix of it, else of those for all mail.
[[nodiscard]] base::Result<std::optional<MailPolicy>> tls_destination_policy(
    const Control& control, const PolicyQuestion& question);

}  // namespace qmail

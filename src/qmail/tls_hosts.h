#pragma once

#include <optional>
#include <string>

#include "src/qmail/control.h"
#include "src/qmail/mail_policy.h"

namespace qmail {

/// The policy for a mail host by the files `tlshosts/HOST.pem` (a trust store for it),
/// `notlshosts/HOST` and `tlshosts/exhaustivelist` (no TLS without TLSA records), as
/// patches for qmail have them. Nothing where none of them is there.
[[nodiscard]] base::Result<std::optional<MailPolicy>> tls_host_policy(
    const Control& control, const std::string& host);

}  // namespace qmail

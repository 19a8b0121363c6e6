#pragma once

#include <string>

#include "cli/dane/audit/text.h"
#include "cli/layout.h"

namespace cli::report {

/// A mail server in a line behind its label, `MX 10`: whether senders get through and
/// what is in their way; with `verbose` its records, addresses and certificates below.
void tell_host(const audit::HostSeen& host, const audit::HostAccess& result,
               const std::string& label, const Look& look, TextLayout& layout);

/// The MTA-STS policy of a domain in a line, if there is one.
void tell_policy(const audit::StsSeen& facts, TextLayout& layout);

}  // namespace cli::report

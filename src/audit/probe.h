#pragma once

#include "src/audit/facts.h"
#include "src/audit/survey.h"

namespace audit {

/// Connects to one address of a host as a delivery would, up to where a message could be
/// handed over, and takes what is shown for what it is: whoever answers is judged later.
/// Refusals for now are tried again, politely. Once the addresses of a host have shown a
/// MiB of certificates, the error at each other one that shows some has code `too_much`.
[[nodiscard]] io::Task<void> probe_address(io::Loop& loop, Common& common,
                                           HostFacts& host, AddressFacts& out);

}  // namespace audit

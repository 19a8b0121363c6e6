#pragma once

#include "src/audit/facts.h"
#include "src/audit/survey.h"

namespace audit {

/// A host whose addresses are connected to, and how long its slow connections have taken.
struct Probed {
  HostFacts& host;
  io::Duration& busy;
};

/// Connects to one address of a host as a delivery would, up to where a message could be
/// handed over, and takes what is shown for what it is: whoever answers is judged later.
/// Refusals for now are tried again, politely. Once the addresses of a host have shown a
/// MiB of certificates, the error at each other one that shows some has code `too_much`.
/// What is not asked since the address is left alone, or since the host's slow
/// connections have taken six times as long as a reply may take, is in `left_alone`;
/// where that is all, the error has code `too_slow`.
[[nodiscard]] io::Task<void> probe_address(io::Loop& loop, Common& common, Probed probed,
                                           AddressFacts& out);

}  // namespace audit

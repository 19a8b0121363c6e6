#pragma once

#include "cli/sslclient/chain_settings.h"
#include "src/client/reach_target.h"

namespace cli::sslclient {

/// `client::reach_target` where the server is asked to bring its TLSA records (RFC 9102).
/// Records that it brings decide, and none is looked up. A server that brings none is
/// reached once more as by `client::reach_target`, unless it is pinned: then the error
/// has code `no_chain`. An error that is not about the peer is one of the file of pins:
/// kind `temporary`, code `bad_file`. Loop, resolver, and what is wanted must outlive it.
[[nodiscard]] io::Task<base::Result<client::Reached>> reach_by_chain(
    io::Loop& loop, resolver::Resolver& resolver, const ChainSettings& settings,
    const client::Wanted& wanted, const client::Options& options);

}  // namespace cli::sslclient

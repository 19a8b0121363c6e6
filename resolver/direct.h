#pragma once

#include "resolver/raw_answer.h"
#include "resolver/type.h"
#include "src/base/address.h"
#include "src/base/name.h"
#include "src/io/loop.h"

namespace resolver {

/// How a question travels.
enum class Transport { udp, tcp };

/// Asks one name server, port 53, without recursion and with signatures wanted (DO). What
/// comes back is that server's word and nobody has validated it: `security` stays bogus,
/// so that it can be compared and never believed. An answer that is cut off over UDP is
/// asked for again over TCP; a datagram that seems lost is sent three times. Errors, kind
/// `temporary`: codes `timeout`, `io`, `malformed`; kind `internal`: code `local`, this
/// machine has no socket left.
[[nodiscard]] io::Task<base::Result<RawAnswer>> ask_server(io::Loop& loop,
                                                           net::Address server,
                                                           dns::Name name, Type type,
                                                           Transport transport,
                                                           io::TimePoint deadline);

}  // namespace resolver

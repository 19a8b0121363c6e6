#pragma once

#include "src/io/connect.h"
#include "src/mail/connection.h"

namespace audit {

/// A connection to one address. Errors: those of io::connect_any, which is_our_fault
/// (seen.h) divides into this machine's and the peer's.
[[nodiscard]] io::Task<base::Result<io::Descriptor>> connect_to(io::Loop& loop,
                                                                net::Endpoint endpoint,
                                                                const mail::Ways& ways);

}  // namespace audit

#pragma once

#include "src/io/connect.h"
#include "src/mail/connection.h"

namespace audit {

/// A connection to one address. Errors: those of io::connect_any; code `local` where this
/// machine has no means or no way.
[[nodiscard]] io::Task<base::Result<io::Descriptor>> connect_to(io::Loop& loop,
                                                                net::Endpoint endpoint,
                                                                const mail::Ways& ways);

}  // namespace audit

#pragma once

#include "src/io/descriptor.h"

namespace io {

/// Sends a copy of a descriptor through a UNIX socket, beside one octet (SCM_RIGHTS,
/// unix(7)), without waiting for room. Whether it was sent.
[[nodiscard]] bool send_descriptor(int through, int descriptor);

/// What came, or that nothing will come any more.
enum class Arrival { descriptor, nothing, end };
/// Receives one, close-on-exec, into `out`; waits for it, or is at once back with
/// `nothing`.
enum class Patience { wait, none };
[[nodiscard]] Arrival receive_descriptor(int through, Patience patience, Descriptor& out);

}  // namespace io

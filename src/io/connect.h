#pragma once

#include <optional>
#include <vector>

#include "src/base/address.h"
#include "src/io/abort.h"
#include "src/io/stream.h"

namespace io {

/// Where a connection comes from; what is not set, the kernel chooses.
struct Source {
  std::optional<net::Address> address;  ///< used for peers of the same family
  std::uint16_t port = 0;
};

/// How long an address may take: `first` in the pass over all, `second` in a second pass
/// over those that timed out. A single address gets the sum at once (`-T x+y` of
/// ucspi-tcp).
struct ConnectTimeouts {
  std::chrono::milliseconds first{2'000};
  std::chrono::milliseconds second{58'000};
};

/// One address that could not be reached.
struct ConnectFailure {
  net::Endpoint peer;
  base::Error error;  ///< codes `timeout`, `connect`; kind `internal` if it is our fault
};

/// A connection, or why each address gave none, in the order of the failures.
struct ConnectOutcome {
  Descriptor socket;  ///< non-blocking and close-on-exec; none if all failed
  net::Endpoint peer;
  net::Endpoint local;
  std::vector<ConnectFailure> failures;
};

/// Connects by TCP to the first endpoint that answers, in the order given. Once the
/// `abort` is requested, no further one is tried.
[[nodiscard]] Task<ConnectOutcome> connect_any(Loop& loop,
                                               std::vector<net::Endpoint> endpoints,
                                               Source source, ConnectTimeouts timeouts,
                                               Abort& abort);
/// Connects by TCP to the first endpoint that answers; nothing ends the attempts early.
[[nodiscard]] Task<ConnectOutcome> connect_any(Loop& loop,
                                               std::vector<net::Endpoint> endpoints,
                                               Source source, ConnectTimeouts timeouts);

}  // namespace io

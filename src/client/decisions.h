#pragma once

#include <string>

#include "src/client/flow.h"

namespace client {

// What `reach` decides about a connection, of values alone: live, and once more by what
// was recorded (recorded.h).

/// The name in the hello of this connection; empty: none.
[[nodiscard]] std::string hello_name(const Connection& connection,
                                     const Options& options);

/// What a peer that sent this chain is taken for, by what is required of it now.
[[nodiscard]] verify::Verdict judge(const verify::Chain& chain,
                                    const Connection& connection, const Options& options);

/// The end of a connection whose server was to bring a chain (RFC 9102) and did not.
[[nodiscard]] base::Error no_chain();

/// The end of a second try for a key usage, where what the server brings has no usable
/// DANE-EE record any more.
[[nodiscard]] base::Error no_dane_ee();

/// The end of a connection whose peer is not proved.
[[nodiscard]] base::Error refusal(const verify::Verdict& verdict);

/// Whether there is another connection to be made; if so, what failed is among `earlier`,
/// and the requirement is that of the next.
[[nodiscard]] bool goes_on(Connection& connection, const Options& options);

}  // namespace client

#pragma once

#include <optional>
#include <string>

#include "src/base/address.h"
#include "src/io/loop.h"

namespace ucspi {

/// Asks the peer's IDENT server (RFC 1413, port 113) who owns its end of a connection;
/// the answer is the peer's word and proves nothing. Nothing when there is none in time.
[[nodiscard]] io::Task<std::optional<std::string>> ask_ident(io::Loop& loop,
                                                             net::Endpoint local,
                                                             net::Endpoint remote,
                                                             std::chrono::seconds limit);

}  // namespace ucspi

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "src/client/peer.h"
#include "src/client/report.h"
#include "src/client/wall_clock.h"

namespace client {

/// How a fresh TCP connection becomes a proved one.
struct Means {
  tls::Options tls;
  std::optional<starttls::Protocol> starttls;
  std::string own_name;   ///< in the dialogue; empty: this machine's
  std::string peer_name;  ///< the domain that the dialogue asks for
  ServerName hello = ServerName::always;
  std::optional<std::string> server_name;  ///< the name for the hello, by the user
  std::chrono::seconds limit{60};          ///< for dialogue and handshake together
};

/// STARTTLS, handshake and judgement on `socket` (non-blocking), which is given back in
/// its place when the peer is proved and closed otherwise. `report` gets what was learnt:
/// verdict, session, chain. Errors: those of the dialogue, the stream and the handshake.
[[nodiscard]] io::Task<base::Result<std::unique_ptr<tls::Session>>> secure(
    io::Loop& loop, io::Descriptor& socket, const policy::Requirement& requirement,
    const Means& means, const verify::Context& context, Report& report);

}  // namespace client

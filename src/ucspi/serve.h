#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/io/loop.h"
#include "src/relay/relay.h"
#include "src/ucspi/child.h"
#include "src/ucspi/delayed.h"

namespace ucspi {

/// How a program is served.
struct Options {
  relay::Options relay;  ///< its `program` is set here
  /// Told how the relay ended, before the program is waited for.
  std::function<void(const relay::Ending&)> on_relay_end = [](const relay::Ending&) {};
};

/// A peer that has been proved: the program hears nothing of any other.
struct ProvedPeer {
  io::Descriptor socket;
  std::unique_ptr<tls::Session> session;
};

/// How a program that was served ended.
struct ServiceEnd {
  relay::Ending relay;
  /// The program's own exit status; errors are those of `wait_for`.
  base::Result<int> status = base::fail(base::ErrorKind::internal, base::Code::wait,
                                        "the program has not ended");
};

/// The program's status, or 111 where what it was told may be incomplete or where it has
/// none.
[[nodiscard]] int exit_status(const ServiceEnd& end);

/// Relays between the peer and a program that runs (`spawn_on_pipes`) until it has
/// exited, without limit but the relay's.
[[nodiscard]] ServiceEnd serve(ProvedPeer peer, Program program, const Options& options);

/// The moments of delayed TLS that belong to whoever knows program and peer.
struct DelayedTls {
  /// Starts the program with the plain connection, as `spawn_delayed` does.
  std::function<base::Result<DelayedProgram>(int socket)> start;
  /// Handshake and judgement on the plain connection. A failure has been told to the user
  /// when it returns: the program is let go only then.
  std::function<io::Task<base::Result<ProvedPeer>>(io::Descriptor)> prove;
  /// `NAME=value` for a program that wants them (`Y`).
  std::function<std::vector<std::string>(const tls::Session&)> variables;
};

/// UCSPI-TLS: lends the plain connection `socket` to the program that is started and
/// waits until it says on its control descriptor that TLS is to begin; from then on it
/// gets nothing from a peer that is not proved. A program that never wants TLS is waited
/// for. Errors: those of `DelayedTls::start`, of `read_command` (as
/// `temporary`) and of `prove`: the connection is shut down then, what the program holds
/// of it too; after a failure of `prove` the program has exited. For one that never
/// wanted TLS, those of `wait_for`.
[[nodiscard]] io::Task<base::Result<ServiceEnd>> serve_delayed(io::Descriptor socket,
                                                               const Options& options,
                                                               const DelayedTls& tls);

}  // namespace ucspi

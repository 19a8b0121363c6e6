#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/io/loop.h"
#include "src/relay/relay.h"
#include "src/ucspi/child.h"

namespace ucspi {

/// The program that is run for a connection, and how.
struct Options {
  std::vector<std::string> program;  ///< its words; `[0]` is searched in PATH
  PeerDescriptors descriptors = kClientDescriptors;
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

/// Runs the program with the peer's words on `Options::descriptors` and relays until it
/// has exited, without limit but the relay's. Errors: those of `spawn_on_pipes`.
[[nodiscard]] base::Result<ServiceEnd> serve(ProvedPeer peer,
                                             const std::vector<std::string>& environment,
                                             const Options& options);

/// The two moments of delayed TLS that belong to whoever knows the peer.
struct DelayedTls {
  /// Handshake and judgement on the plain connection. A failure has been told to the user
  /// when it returns: the program is let go only then.
  std::function<io::Task<base::Result<ProvedPeer>>(io::Descriptor)> prove;
  /// `NAME=value` for a program that wants them (`Y`).
  std::function<std::vector<std::string>(const tls::Session&)> variables;
};

/// UCSPI-TLS: runs the program with the plain connection `socket` on
/// `Options::descriptors` and waits until it says on its control descriptor that TLS is
/// to begin; from then on it gets nothing from a peer that is not proved. A program that
/// never wants TLS is waited for. Errors: those of `spawn_delayed`, of `read_command` (as
/// `temporary`) and of `prove`: the connection is shut down then, what the program holds
/// of it too; after a failure of `prove` the program has exited. For one that never
/// wanted TLS, those of `wait_for`.
[[nodiscard]] io::Task<base::Result<ServiceEnd>> serve_delayed(
    io::Descriptor socket, std::vector<std::string> environment, const Options& options,
    const DelayedTls& tls);

}  // namespace ucspi

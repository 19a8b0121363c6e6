// src/relay: data between a child's two pipes and a TLS session.
//
// relay::run is the whole of it: full duplex, each direction with its own buffer and
// backpressure, so that two full buffers cannot block each other. What cannot be relayed
// to the end is said in the result and never looks like a clean end; cut.h tells a cut
// that matters from one that does not, leaving.h the program's last word from one that
// was cut off, linger.h is the end of the socket. watched_program.h is what can be known
// of the program. Inside: elastic_pipe.h.
#pragma once

#include <chrono>
#include <optional>

#include "src/base/error.h"
#include "src/io/descriptor.h"
#include "src/relay/cut.h"
#include "src/relay/watched_program.h"
#include "src/tls/session.h"

namespace relay {

/// What our own close_notify means for what the peer still has to say.
enum class AfterClose {
  read_on,  ///< a half-close: read until the peer closes too
  hang_up,  ///< the conversation is over
};

/// What the peer's close_notify means for what we still have to say.
enum class AfterPeerClose {
  speak_on,  ///< a half-close: the program goes on until it closes too
  hang_up,   ///< the conversation is over, but for what has been read from the program
};

/// Whether the end of the connection without close_notify is an error.
enum class Truncation { error, tolerate };

struct Options {
  /// How long nothing may move, in either direction.
  std::chrono::milliseconds idle = std::chrono::hours(1);
  /// How long a program that has read all is given to end by itself after a cut.
  std::chrono::milliseconds grace = kGrace;
  AfterClose after_close = AfterClose::read_on;
  AfterPeerClose after_peer_close = AfterPeerClose::speak_on;
  Truncation truncation = Truncation::error;
};

/// How a relay ended; well if there is no failure.
struct Ending {
  /// Something was lost, or may have been for all that the program can know. Kind
  /// `temporary`, codes `truncated`, `timeout`, `tls`, `io`.
  std::optional<base::Error> failure;
  /// What is worth a line although the program's status stands: -w ran out, or the peer's
  /// words were cut off after the program's own end. Codes `truncated`, `timeout`, `tls`,
  /// `io`.
  std::optional<base::Error> remark;
};

/// The ends of a relay. All are closed when it returns.
struct Ends {
  io::Descriptor socket;                      ///< the TLS session's, non-blocking
  io::Descriptor to_child;                    ///< write end of the child's descriptor 6
  io::Descriptor from_child;                  ///< read end of the child's descriptor 7
  WatchedProgram program = WatchedProgram();  ///< the child, if it is known
};

/// Relays until both directions have ended. The child's close of 7 becomes close_notify,
/// the peer's close_notify becomes end-of-file on 6. Any other end of the peer is told to
/// the child, by end-of-file, and is a failure, only when the child has read all that
/// came and does not end by itself within `grace`; what ends sooner was not cut off.
[[nodiscard]] Ending run(tls::Session& session, Ends ends, const Options& options);

}  // namespace relay

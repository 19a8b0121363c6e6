#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/client/flow.h"

namespace client {

/// What one connection showed, without what was thought of its peer.
struct RecordedTry {
  Progress progress = Progress::nothing;
  /// What it ended by, but for a refusal, which is thought again.
  std::optional<base::Error> error;
  std::optional<tls::SessionFacts> session;  ///< where there was a peer to be judged
  verify::Chain chain;                       ///< what that peer sent
  std::optional<std::string> server_name;    ///< in its hello, where anybody can tell
  smtp::Reply rejection;
  io::Duration took{0};
};

/// What was met on the way to a peer, beside what the DNS said.
struct RecordedConnection {
  net::Endpoint peer;
  std::vector<io::ConnectFailure> failures;
  std::vector<RecordedTry> tries;  ///< in their order, one at least
};

/// What there is to record of a connection.
[[nodiscard]] RecordedConnection recorded(const Connection& connection);

/// `reach` without a network: the terms are looked up, each peer is judged again by them
/// and by the moment of the options, and there are as many tries as follow from that. The
/// connection that comes out has no channel. Error kind `permanent`, code `bad_evidence`:
/// what was recorded cannot have been met, since there would have been more tries or
/// fewer, or a hello with another name; or it came to its end without a TLS that was
/// required.
[[nodiscard]] io::Task<base::Result<Connection>> reach_again(RecordedConnection recorded,
                                                             TermsLookup look_up,
                                                             const Options& options);

}  // namespace client

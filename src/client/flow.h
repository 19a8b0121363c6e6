// src/client: the one client flow, from a name to a proved peer.
//
// target.h says whom a command line means, lookup.h what the DNS says about it and what
// is required of the peer, flow.h connects, speaks up to the TLS hello (opening.h),
// shakes hands and judges inside the handshake, and makes the second try where there may
// be one (second_try.h). Every program takes this way: sslclient, `dane check`,
// qmail-remote, the audit and its fetch of MTA-STS policies differ in what they do with
// the outcome. report.h tells it in one value, verdict_json.h a verdict. hello.h is what
// the TLS hello says, trust_store.h reads the certificates of authorities, wall_clock.h
// gives the moment of a judgement. contact.h is who connects (live_contact.h over the
// network), reach_target.h goes the whole way of a program that makes one connection.
// decisions.h is what the flow decides of values alone, recorded.h what it showed once,
// to be judged again. Not here: what is demanded (src/base/policy) and whether a chain
// meets it (verify).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "src/client/hello.h"
#include "src/client/opening.h"
#include "src/client/second_try.h"
#include "src/client/terms.h"
#include "src/client/wall_clock.h"
#include "src/io/connect.h"
#include "src/tls/client.h"
#include "verify/check.h"

namespace client {

/// Whether a peer that does not prove what is required is turned away in the handshake,
/// or only looked at.
enum class Enforcement { enforce, look_only };

/// Gives a connected socket: io::connect_any, or what a test has in its place.
using Dial = std::function<io::Task<io::ConnectOutcome>(
    io::Loop&, std::vector<net::Endpoint>, io::Source, io::ConnectTimeouts, io::Abort&)>;
/// TCP.
[[nodiscard]] Dial tcp();

/// How connections are made.
struct Options {
  io::Source source;
  io::ConnectTimeouts connect;
  tls::Options tls;
  ServerName hello = ServerName::always;
  std::optional<std::string> server_name;  ///< the name for the hello, by the user
  /// `no`: certificates alone, also where the records allow a raw public key.
  tls::RawKeys raw_keys = tls::RawKeys::offer;
  /// For the handshake, and for the talk before it as far as its Opening counts that.
  io::Duration handshake_limit = std::chrono::seconds(60);
  Enforcement enforcement = Enforcement::enforce;
  /// By which peers are judged; nothing: each by the moment at which it is.
  std::optional<std::chrono::sys_seconds> moment;
  SecondTries second_tries;
  /// The most that a connection may take from when it stands until the peer is proved,
  /// however often a word of the peer comes just in time.
  std::optional<io::Duration> longest;
  /// Makes what is said before TLS, for each connection anew.
  std::function<std::unique_ptr<Opening>()> opening = no_opening;
  Dial dial = tcp();
  /// Makes the random of a hello to this peer (`secure` knows no address), with this
  /// server name or none, where it is to sign one of ours (see `tls::Hello`). Asked for
  /// each connection anew, when the terms are known and right before the hello.
  std::function<tls::Random(const net::Endpoint& peer, const std::string& server_name)>
      challenge;
  /// Asks the server to bring what proves its TLSA records (RFC 9102), and makes the
  /// terms of what it brought: they take the place of those that were looked up before
  /// the peer is judged. Nothing is asked for where this is null.
  std::function<base::Result<Terms>(base::ByteView extension)> by_chain;
  /// Told of each connection that stands, before anything is said on it.
  std::function<void(const io::ConnectOutcome&)> on_connected;
};

/// What one connection showed, as far as it came. What it is taken for is in `verdict`;
/// without one, nobody was judged.
struct Seen {
  std::optional<base::Error> error;  ///< why it did not come to its end; see `reach`
  Progress progress = Progress::nothing;
  std::optional<verify::Verdict> verdict;    ///< if a handshake came that far
  std::optional<tls::SessionFacts> session;  ///< of a peer that was judged
  verify::Chain chain;                       ///< what that peer sent
  /// The messages up to that peer's signature, where a challenge was made for it; of a
  /// peer that is refused in TLS 1.2 without the signature (see
  /// tls::Session::transcript).
  std::vector<base::Bytes> transcript;
  /// What the server brought of its TLSA records (RFC 9102), where it was asked.
  std::optional<base::Bytes> dnssec_chain;
  smtp::Reply rejection;  ///< the reply that ended it, if one did
  io::Duration took{0};   ///< from the first SYN on

  /// A connection of which nothing is known yet is one that failed.
  Seen();
  /// Whether a handshake was begun, and so may be what failed.
  [[nodiscard]] bool tls_began() const { return progress >= Progress::tls_begun; }
  /// Whether the connection stands and TLS protects it.
  [[nodiscard]] bool has_tls() const {
    return !error && progress == Progress::established;
  }
};

/// A peer that was reached, or why none was.
struct Connection {
  Seen seen;                        ///< of the last connection
  std::vector<Seen> earlier;        ///< of those that failed before it
  Terms terms;                      ///< as they were looked up; empty where that failed
  policy::Requirement requirement;  ///< of the last connection: what a second try left
  net::Endpoint peer;
  net::Endpoint local;
  std::vector<io::ConnectFailure> failures;  ///< addresses that gave no connection
  /// The connection, while nothing failed.
  std::unique_ptr<tls::Channel> channel;
  std::unique_ptr<Opening> opening;

  [[nodiscard]] bool is_good() const { return !seen.error.has_value(); }
};

/// Connects to the first endpoint that answers, and proves it. The look-up of the terms
/// runs while the connection stands up and is greeted: the peer's answers and those of
/// the name servers do not wait for each other. No octet of TLS is sent before the terms
/// are known, for server name and raw keys depend on them. A look-up that fails ends the
/// connection, and its error is the outcome whatever became of the connection.
/// Errors: those of the look-up; kind `temporary`, codes `connect` and `timeout` (no
/// address answers), those of the opening, of tls::Session::handshake, and `refused` (its
/// detail says why the peer is not proved); code `no_chain`, where the server was asked
/// to bring one and did not, and those of `by_chain`.
[[nodiscard]] io::Task<Connection> reach(io::Loop& loop,
                                         std::vector<net::Endpoint> endpoints,
                                         TermsLookup look_up, const Options& options);

/// Proves the peer of a connection that stands and has been spoken on by somebody else
/// (UCSPI-TLS); there is no second try. The opening of the options is spoken first.
[[nodiscard]] io::Task<Connection> secure(io::Loop& loop, io::Descriptor socket,
                                          Terms terms, const Options& options);

}  // namespace client

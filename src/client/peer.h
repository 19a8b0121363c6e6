// src/client: the one client flow, from a name to a proved peer.
//
// peer.h reads from top to bottom as design and RFC 7672 have it: find (addresses, TLSA,
// what is required), connect, STARTTLS, handshake with the judgement inside. Programs
// call the steps and add their own tail. report.h tells what happened, in one value.
#pragma once

#include <optional>
#include <variant>

#include "resolver/host.h"
#include "src/base/policy.h"
#include "src/base/starttls.h"
#include "src/io/connect.h"
#include "src/tls/session.h"
#include "verify/check.h"

namespace client {

/// Whom to speak to.
struct Target {
  std::variant<dns::Name, net::Address> host;
  std::uint16_t port = 0;
  resolver::Families families = resolver::Families::both;
};

/// The host of a command line: a literal, else a name; `0` and the empty word are this
/// machine. An IPv4-mapped literal stays one, as the name of the host (RFC 9525 6.4);
/// what is connected to is the IPv4 address. Error kind `usage`, code `bad_name`.
[[nodiscard]] base::Result<std::variant<dns::Name, net::Address>> parse_host(
    std::string_view word);
/// The literal or the A-labels.
[[nodiscard]] std::string to_text(const std::variant<dns::Name, net::Address>& host);

/// What is known before a connection is made.
struct Found {
  std::vector<net::Endpoint> endpoints;
  policy::DnsFacts facts;
  policy::Requirement requirement;
};

/// What the DNS facts came to, also when they end in an error.
struct Finding {
  policy::DnsFacts facts;  ///< as far as they got
  base::Result<Found> result;
};

/// Looks up what the demand needs. An address literal has no TLSA records of its own
/// (RFC 7672 2.2), but when the user names the peer, the first name is its base domain.
[[nodiscard]] io::Task<Finding> find(resolver::Resolver& resolver, Target target,
                                     policy::Demand demand);

/// The name that a client says in its hello: the base domain where DANE applies (RFC 7672
/// 8.1), else the first reference name; empty for an address (RFC 6066 3).
[[nodiscard]] std::string server_name(const policy::DnsFacts& facts,
                                      const policy::Requirement& requirement);

/// Whether raw public keys may be offered: every usable record is 3 1 x (RFC 7671 5.1).
[[nodiscard]] tls::RawKeys raw_keys(const policy::Requirement& requirement);

/// What is required of a peer on a second connection that leaves key usage out, after
/// GnuTLS refused the first for it: the same where nobody has to be proved, else the same
/// by DANE-EE alone, which looks at no key usage (RFC 7671 5.1). Nothing if no usable
/// record is one.
[[nodiscard]] std::optional<policy::Requirement> despite_key_usage(
    policy::Requirement requirement);

/// Speaks clear text up to the TLS hello. Errors: those of the dialogue and the stream.
[[nodiscard]] io::Task<base::Result<void>> start_tls(
    io::Stream& stream, std::unique_ptr<starttls::Dialogue> dialogue,
    io::TimePoint deadline);

/// What the handshake came to.
struct Judged {
  verify::Verdict verdict;
  base::Result<void> result;  ///< code `refused` when the verdict is `rejected`
};

/// Shakes hands and judges the peer before it is sent anything (RFC 7672 3.2).
[[nodiscard]] io::Task<Judged> prove(tls::Session& session, io::Stream& stream,
                                     const policy::Requirement& requirement,
                                     verify::Context context, io::TimePoint deadline);

}  // namespace client

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
#include "src/client/hello.h"
#include "src/client/second_try.h"
#include "src/client/target.h"
#include "src/io/connect.h"
#include "src/tls/client.h"
#include "verify/check.h"

namespace client {

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

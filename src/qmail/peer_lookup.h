#pragma once

#include <optional>

#include "resolver/resolver.h"
#include "src/mail/reach.h"
#include "src/qmail/attempt.h"
#include "src/qmail/candidate.h"
#include "src/qmail/mail_policy.h"
#include "src/qmail/route.h"
#include "src/qmail/trust_stores.h"

namespace qmail {

/// What one host must prove, looked up once for all its addresses, and not before the
/// first connection to it is being made: the name servers' answers and the host's do not
/// wait for each other. All that it is given must outlive it.
class PeerLookup {
 public:
  PeerLookup(resolver::Resolver& resolver, TrustStores& stores, const Route& route,
             const MailPolicy& policy, const Candidate& candidate)
      : resolver_(resolver),
        stores_(stores),
        route_(route),
        policy_(policy),
        candidate_(candidate) {}

  /// Whether no answer of the DNS is needed: nothing is to be connected to where this
  /// alone ends in an error.
  [[nodiscard]] bool needs_no_dns() const;
  /// The terms for an attempt. Errors: those of resolver::find_tlsa, required_peer and
  /// TrustStores::at.
  [[nodiscard]] io::Task<base::Result<client::Terms>> terms();

  /// Why there are none, if that is known.
  [[nodiscard]] const base::Error* error() const;
  /// The peer, once its terms were looked up without an error.
  [[nodiscard]] const mail::Peer* peer() const;

 private:
  io::Task<base::Result<mail::Peer>> look_up();

  resolver::Resolver& resolver_;
  TrustStores& stores_;
  const Route& route_;
  const MailPolicy& policy_;
  const Candidate& candidate_;
  std::optional<base::Result<mail::Peer>> peer_;
};

/// The approach to a candidate, but for which of its addresses it is to. All that it is
/// given must outlive it.
[[nodiscard]] Approach approach_to(const Route& route, const MailPolicy& policy,
                                   const Candidate& candidate, PeerLookup& lookup);

}  // namespace qmail

#include "src/qmail/peer_lookup.h"

#include "src/qmail/required_peer.h"

namespace qmail {

bool PeerLookup::needs_no_dns() const {
  return lacks_secure_mx(route_, policy_) || facts_without_lookup(policy_, candidate_);
}

io::Task<base::Result<mail::Peer>> PeerLookup::look_up() {
  auto facts = facts_without_lookup(policy_, candidate_);
  if (!facts && !lacks_secure_mx(route_, policy_)) {
    auto found = co_await resolver::find_tlsa(resolver_, *candidate_.found,
                                              port_for(route_, policy_));
    if (!found) co_return tl::unexpected(found.error());
    facts = std::move(*found);
  }
  auto peer = required_peer(route_, policy_, facts.value_or(policy::DnsFacts()));
  if (!peer || !policy::wants_trust_store(peer->requirement)) co_return peer;
  const auto roots = stores_.at(policy_.trust_store);
  if (!roots) co_return tl::unexpected(roots.error());
  peer->roots = *roots;
  co_return peer;
}

io::Task<base::Result<client::Terms>> PeerLookup::terms() {
  if (!peer_) peer_ = co_await look_up();
  if (!*peer_) co_return tl::unexpected(peer_->error());
  co_return mail::terms_for(**peer_);
}

const base::Error* PeerLookup::error() const {
  return peer_ && !*peer_ ? &peer_->error() : nullptr;
}

const mail::Peer* PeerLookup::peer() const {
  return peer_ && *peer_ ? &**peer_ : nullptr;
}

Approach approach_to(const Route& route, const MailPolicy& policy,
                     const Candidate& candidate, PeerLookup& lookup) {
  Approach out;
  out.target.port = port_for(route, policy);
  if (candidate.found == nullptr) {
    out.target.host = candidate.addresses.front();
  } else {
    out.target.host = candidate.found->original;
  }
  out.policy = &policy;
  out.endpoint.port = out.target.port;
  out.start = start_at(out.target.port);
  out.terms = [&lookup] { return lookup.terms(); };
  out.circumstances = circumstances_for(route, policy);
  return out;
}

}  // namespace qmail

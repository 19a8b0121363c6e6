#include "src/qmail/published_policy.h"

namespace qmail {

bool is_domains_own(const MailPolicy& policy, std::uint16_t port) {
  constexpr std::uint16_t kSmtp = 25;
  return !policy.pinned && port == kSmtp && policy::wants_tlsa(policy.level);
}

bool is_domains_own(const MailPolicy& policy, const mail::Peer& peer) {
  using policy::Level;
  if (!is_domains_own(policy, peer.endpoint.port)) return false;
  const bool dane = policy.level == Level::dane || policy.level == Level::dane_only;
  if (peer.facts.state == policy::TlsaState::present) return dane;
  return policy.level == Level::dane &&
         policy.without_tlsa == policy::WithoutTlsa::opportunistic;
}

}  // namespace qmail

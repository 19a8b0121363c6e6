#include "src/qmail/required_peer.h"

namespace qmail {
namespace {

using policy::Level;

constexpr std::uint16_t kSmtp = 25;
constexpr std::uint16_t kSubmissions = 465;  // TLS from the first octet (RFC 8314 3.3)

bool is_secure(const Route& route) {
  return route.hosts.security == dns::Security::secure;
}

bool has_dane(const policy::DnsFacts& facts) {
  return facts.state == policy::TlsaState::present;
}

policy::Demand demand_for(const MailPolicy& policy, const policy::DnsFacts& facts) {
  policy::Demand out;
  out.level = policy.level;
  out.service = policy::Service::smtp;
  out.without_tlsa = policy.without_tlsa;
  out.name_check = policy.names;
  // `match=` is about PKIX: where TLSA records alone prove the peer, they say its names.
  if (!has_dane(facts) || policy.level == Level::dane_and_pkix) {
    for (const dns::Name& name : policy.match) out.names.emplace_back(name);
  }
  return out;
}

}  // namespace

std::uint16_t port_for(const Route& route, const MailPolicy& policy) {
  return route.port.value_or(policy.port.value_or(kSmtp));
}

mail::TlsStart start_at(std::uint16_t port) {
  return port == kSubmissions ? mail::TlsStart::implicit : mail::TlsStart::starttls;
}

std::optional<policy::DnsFacts> facts_without_lookup(const MailPolicy& policy,
                                                     const Candidate& candidate) {
  const bool is_address = candidate.found == nullptr;
  if (!policy.pinned && !is_address && policy::wants_tlsa(policy.level))
    return std::nullopt;
  policy::DnsFacts out;
  if (policy.pinned) {
    out.state = policy::TlsaState::present;
    out.records = {*policy.pinned};
  }
  if (is_address) {
    out.names = {candidate.addresses.front()};
  } else {
    out.names = {candidate.found->original};
  }
  return out;
}

bool lacks_secure_mx(const Route& route, const MailPolicy& policy) {
  return policy::is_mandatory(policy.level) && !policy.pinned && !route.literal &&
         !is_secure(route);
}

void add_names(const Route& route, const MailPolicy& policy, policy::DnsFacts& facts) {
  const bool vouched_for =
      is_secure(route) || route.literal || policy.scope == Scope::host;
  if (!has_dane(facts) && !vouched_for) facts.names.clear();
  if (has_dane(facts) && !is_secure(route)) return;
  mail::add_domain_names(route.hosts, facts);
}

base::Result<mail::Peer> required_peer(const Route& route, const MailPolicy& policy,
                                       policy::DnsFacts facts) {
  if (lacks_secure_mx(route, policy)) {
    return base::fail(base::ErrorKind::temporary, base::Code::no_tlsa,
                      "the MX records of the domain are not secured by DNSSEC");
  }
  add_names(route, policy, facts);
  auto requirement = policy::decide(facts, demand_for(policy, facts));
  if (!requirement) return tl::unexpected(requirement.error());
  mail::Peer out;
  out.endpoint.port = port_for(route, policy);
  out.start = start_at(out.endpoint.port);
  out.facts = std::move(facts);
  out.requirement = std::move(*requirement);
  return out;
}

}  // namespace qmail

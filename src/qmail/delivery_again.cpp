#include "src/qmail/delivery_again.h"

#include <algorithm>
#include <utility>

#include "src/qmail/peer_lookup.h"
#include "src/qmail/required_peer.h"
#include "src/witness/connection_bundle.h"

namespace qmail {
namespace {

/// The host of a try, as its route leads to it.
io::Task<base::Result<resolver::Host>> find_tried(resolver::Resolver& resolver,
                                                  const Route& route, std::string name) {
  const auto& hosts = route.hosts.hosts;
  const auto found = std::ranges::find_if(
      hosts, [&](const mail::MailHost& one) { return one.name.text() == name; });
  if (found == hosts.end()) {
    co_return evidence::does_not_hold(name + ": no host that the mail goes to");
  }
  auto host =
      co_await resolver::find_host(resolver, found->name, resolver::Families::both);
  if (!host) co_return evidence::does_not_hold(name + ": " + host.error().detail);
  co_return host;
}

/// Whether a trust store was asked just where the try had one.
base::Result<void> check_store(const TriedHost& tried, const PeerLookup& lookup) {
  const verify::Roots* roots = lookup.peer() == nullptr ? nullptr : lookup.peer()->roots;
  if (tried.trust_store.has_value() != (roots != nullptr)) {
    return evidence::does_not_hold(tried.host + ": a trust store that nobody asks");
  }
  return {};
}

/// What a try demanded. Its trust store is one of these, and is read into `read`.
base::Result<MailPolicy> policy_of(const TriedHost& tried,
                                   const witness::TrustShelf& stores, TrustStores& read) {
  MailPolicy out = tried.policy;
  if (!tried.trust_store) return out;
  const auto store = stores.with(*tried.trust_store);
  if (!store) return tl::unexpected(store.error());
  out.trust_store = (*store)->path;
  read.add(out.trust_store, (*store)->roots);
  return out;
}

std::vector<net::Endpoint> endpoints_of(const Candidate& candidate, std::uint16_t port) {
  std::vector<net::Endpoint> out;
  for (const net::Address& one : candidate.addresses) out.push_back({one, port});
  return out;
}

io::Task<base::Result<SaidOfTry>> judge_try(resolver::Resolver& resolver,
                                            client::Contact& contact, TrustStores& stores,
                                            const Route& route, const TriedHost& tried,
                                            const MailPolicy& policy) {
  Candidate candidate;
  std::optional<resolver::Host> host;
  if (route.literal) {
    candidate = {net::to_text(*route.literal), {*route.literal}, nullptr};
  } else {
    auto found = co_await find_tried(resolver, route, tried.host);
    if (!found) co_return tl::unexpected(found.error());
    host = std::move(*found);
    candidate = {host->original.text(), host->addresses, &*host};
  }
  PeerLookup lookup(resolver, stores, route, policy, candidate);
  const Approach approach = approach_to(route, policy, candidate, lookup);
  const client::Options options = flow_of(approach, mail::Options());
  auto endpoints = endpoints_of(candidate, approach.target.port);
  const auto connection = co_await contact.reach(approach.target, std::move(endpoints),
                                                 approach.terms, options);
  if (auto same = check_store(tried, lookup); !same) {
    co_return tl::unexpected(same.error());
  }
  co_return said_of(approach, connection,
                    lookup.error() == nullptr ? LookUps::known : LookUps::failed);
}

}  // namespace

io::Task<base::Result<JudgedAgain>> judge_again(resolver::Resolver& resolver,
                                                client::Contact& contact,
                                                const DeliveryAbout& about,
                                                const witness::TrustShelf& stores) {
  JudgedAgain out;
  out.route = co_await route_by(resolver, about.relay, about.domain);
  if (!out.route && !about.tries.empty()) {
    co_return evidence::does_not_hold("a host was tried, and the mail goes to none");
  }
  TrustStores read;
  for (const TriedHost& tried : about.tries) {
    const auto policy = policy_of(tried, stores, read);
    if (!policy) co_return tl::unexpected(policy.error());
    auto said = co_await judge_try(resolver, contact, read, *out.route, tried, *policy);
    if (!said) co_return tl::unexpected(said.error());
    out.tries.push_back(std::move(*said));
  }
  co_return out;
}

}  // namespace qmail

#include "src/witness/connection_bundle.h"

#include <algorithm>
#include <utility>

#include "src/base/bytes.h"
#include "src/evidence/assemble.h"
#include "src/evidence/peer_check.h"
#include "verify/hash.h"

namespace witness {
namespace {

using evidence::Json;

/// What was told, what peers signed behind first: a later answer to the same question
/// does not take its place.
evidence::DnsEvidence dns_of(const Witness& witness) {
  std::vector<const evidence::Trail*> trails;
  for (const Witnessed& one : witness.connections())
    trails.push_back(one.committed.get());
  trails.push_back(&witness.trail());
  return evidence::dns_evidence(trails, witness.again());
}

/// Puts what a peer signed where it can be checked; what stands there is no claim.
void take_handshakes(Witnessed one, evidence::Bundle& out,
                     std::vector<ConnectionFacts>& facts) {
  std::optional<std::vector<std::size_t>> answers;
  if (one.committed) answers = evidence::indices_of(out.dns, *one.committed);
  for (std::size_t i = 0; answers && i < one.handshakes.size(); ++i) {
    if (!one.handshakes[i]) continue;
    evidence::Handshake peer = std::move(*one.handshakes[i]);
    peer.answers = *answers;
    one.facts.handshakes[i] = out.peers.size();
    one.facts.connection.tries[i].chain = {};
    out.peers.push_back(std::move(peer));
  }
  facts.push_back(std::move(one.facts));
}

/// Gives each try the chain that was signed in its handshake.
base::Result<void> take_chains(const evidence::Bundle& bundle,
                               const std::vector<evidence::HandshakeProof>& proofs,
                               std::vector<ConnectionFacts>& connections) {
  std::size_t next = 0;  // they stand in their order, each once
  for (ConnectionFacts& facts : connections) {
    for (std::size_t i = 0; i < facts.handshakes.size(); ++i) {
      if (!facts.handshakes[i]) continue;
      const std::size_t index = *facts.handshakes[i];
      client::RecordedTry& one = facts.connection.tries[i];
      if (index != next++ || index >= proofs.size() || !one.session) {
        return evidence::does_not_hold("facts: handshakes in another order");
      }
      const evidence::Handshake& peer = bundle.peers[index];
      const net::Endpoint& place = facts.connection.peer;
      if (peer.address != net::to_text(place.address) || peer.port != place.port ||
          peer.host != facts.host || peer.how != "usual") {
        return evidence::does_not_hold("facts: a handshake with somebody else");
      }
      const auto& session = *one.session;
      const auto other = evidence::what_differs(
          proofs[index], {session.protocol, session.cipher, session.group});
      if (!other.empty()) return evidence::does_not_hold("facts: " + std::string(other));
      one.chain = proofs[index].chain;
      one.server_name = proofs[index].server_name;
    }
  }
  if (next == proofs.size()) return {};
  return evidence::does_not_hold("facts: a handshake that is nobody's");
}

}  // namespace

evidence::Bundle bundle_of(const Witness& witness, const Said& said) {
  evidence::Bundle out;
  out.maker = said.maker;
  out.about = evidence::canonical(said.about);
  out.moment = witness.moment();
  out.dns = dns_of(witness);
  std::vector<ConnectionFacts> facts;
  for (const Witnessed& one : witness.connections()) take_handshakes(one, out, facts);
  Json seen = said.facts;
  seen["connections"] = to_facts(facts);
  out.facts = evidence::canonical(seen);
  const auto parsed = evidence::read_json(said.verdict);
  out.verdict = evidence::canonical(parsed ? *parsed : Json());
  return out;
}

base::Result<std::vector<ConnectionFacts>> connections_of(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    std::initializer_list<const char*> others) {
  const Json facts = Json::parse(bundle.facts, nullptr, false);
  const bool are_there =
      std::ranges::all_of(others, [&](const char* name) { return facts.contains(name); });
  if (!facts.is_object() || !are_there || facts.size() != others.size() + 1 ||
      !facts.contains("connections")) {
    return evidence::does_not_hold("facts: a member of another type, or none");
  }
  auto out = connections_in(facts.at("connections"));
  if (!out) return out;
  auto taken = take_chains(bundle, proofs, *out);
  if (!taken) return tl::unexpected(taken.error());
  return out;
}

}  // namespace witness

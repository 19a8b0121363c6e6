#include "src/evidence/peer_check.h"

#include <algorithm>
#include <utility>

#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/commitment.h"

namespace evidence {
namespace {

Commitment commitment_of(const Bundle& bundle, const Handshake& peer) {
  Commitment out;
  out.blind = peer.blind;
  out.dns = hash_of_answers(bundle.dns, peer.answers);
  out.previous = peer.previous;
  out.port = peer.port;
  out.moment = peer.moment;
  out.server_name = peer.server_name;
  return out;
}

base::Result<HandshakeProof> check_peer(const Bundle& bundle, const Handshake& peer) {
  auto proof = prove_handshake(peer.messages);
  if (!proof) return does_not_hold(proof.error().detail);
  if (proof->bound == Bound::nothing) {
    return does_not_hold("a handshake in which nothing is signed");
  }
  if (proof->server_name != peer.server_name) {
    return does_not_hold("a handshake for another server name");
  }
  if (proof->client_random != client_random(commitment_of(bundle, peer))) {
    return does_not_hold("a handshake that was not held for this bundle");
  }
  return proof;
}

/// Whether a peer shows a handshake that one before it has shown. Addresses are claims:
/// one good server would stand for all of a host.
bool is_shown_twice(const Bundle& bundle, const Handshake& peer) {
  return std::ranges::any_of(bundle.peers, [&](const Handshake& other) {
    return &other < &peer && other.messages == peer.messages;
  });
}

}  // namespace

base::Result<std::vector<HandshakeProof>> check_peers(const Bundle& bundle) {
  std::vector<HandshakeProof> out;
  for (const Handshake& peer : bundle.peers) {
    auto proof = check_peer(bundle, peer);
    if (proof && is_shown_twice(bundle, peer)) {
      proof = does_not_hold("a handshake that was shown for another peer");
    }
    if (!proof) {
      return tl::unexpected(
          proof.error().in(base::printable(peer.host + " [" + peer.address + "]")));
    }
    out.push_back(std::move(*proof));
  }
  return out;
}

bool knew_records(const Bundle& bundle, const Handshake& peer, const dns::Name& owner) {
  return std::ranges::any_of(peer.answers, [&](std::size_t i) {
    const Answer& answer = bundle.dns.answers.at(i);
    return answer.type == static_cast<int>(resolver::Type::tlsa) && answer.name == owner;
  });
}

bool is_of_version(const HandshakeProof& proof, std::string_view protocol) {
  return proof.protocol &&
         protocol == (*proof.protocol == TlsVersion::tls13 ? "TLSv1.3" : "TLSv1.2");
}

}  // namespace evidence

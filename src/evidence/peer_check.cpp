#include "src/evidence/peer_check.h"

#include <algorithm>
#include <array>
#include <span>
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

struct Registered {
  std::uint16_t number;
  std::string_view name;
};

/// The suites of TLS 1.3 (RFC 8446 B.4).
constexpr std::array<Registered, 5> kSuites = {{{0x1301, "TLS_AES_128_GCM_SHA256"},
                                                {0x1302, "TLS_AES_256_GCM_SHA384"},
                                                {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
                                                {0x1304, "TLS_AES_128_CCM_SHA256"},
                                                {0x1305, "TLS_AES_128_CCM_8_SHA256"}}};
/// Groups (RFC 8446 4.2.7), as GnuTLS calls them.
constexpr std::array<Registered, 10> kGroups = {{{23, "SECP256R1"},
                                                 {24, "SECP384R1"},
                                                 {25, "SECP521R1"},
                                                 {29, "X25519"},
                                                 {30, "X448"},
                                                 {256, "FFDHE2048"},
                                                 {257, "FFDHE3072"},
                                                 {258, "FFDHE4096"},
                                                 {259, "FFDHE6144"},
                                                 {260, "FFDHE8192"}}};

/// Whether a name is not that of a number. A peer that was refused before the handshake
/// was over has none, and what a later version of this program agrees on has none here.
bool is_other(std::span<const Registered> known, std::optional<std::uint16_t> number,
              std::string_view name) {
  if (!number || name.empty()) return false;
  const auto found = std::ranges::find(known, *number, &Registered::number);
  return found != known.end() && found->name != name;
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

std::string_view what_differs(const HandshakeProof& proof,
                              const ClaimedSession& claimed) {
  const bool is_13 = proof.protocol == TlsVersion::tls13;
  if (!proof.protocol || claimed.protocol != (is_13 ? "TLSv1.3" : "TLSv1.2")) {
    return "another version of TLS than was spoken";
  }
  if (is_13 && is_other(kSuites, proof.suite, claimed.cipher)) {
    return "another cipher suite than was agreed on";
  }
  if (is_other(kGroups, proof.group, claimed.group)) {
    return "another group than was agreed on";
  }
  return {};
}

}  // namespace evidence

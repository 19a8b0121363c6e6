#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/evidence/second_validator.h"

namespace evidence {

/// What becomes of a chain of trust at one of its links.
enum class LinkState {
  proved,    ///< a signature that counts is over it
  insecure,  ///< it has been signed that nothing from here on is
  broken,    ///< it should be signed, and is not as it should be
  missing,   ///< what is needed to judge it is not there
};

/// `proved`, `insecure`, `broken` or `missing`.
[[nodiscard]] std::string_view to_text(LinkState state);

/// What a signature says of itself (RFC 4034 3.1).
struct LinkSignature {
  dns::Name signer;
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::chrono::sys_seconds inception;
  std::chrono::sys_seconds expiration;
};

/// One set of records, and what vouches for it. DS records, or their denial, are where
/// one zone leads to the next; DNSKEY records are its keys; all others end a chain.
struct TrustLink {
  dns::Name zone;  ///< that signs it, or should; of DS records the parent
  dns::Name owner;
  std::uint16_t type = 0;
  LinkState state = LinkState::broken;
  bool denied = false;              ///< the signature is over the denial of such records
  std::optional<dns::Name> target;  ///< where an alias leads
  std::string why;                  ///< it is not proved, in words fit to print
  /// Where it is proved, the one that counts, of a denial the one that ends first; where
  /// it is broken, the first one that is there.
  std::optional<LinkSignature> signature;
};

/// The chains of trust of some answers as one tree, in the order in which one reads it.
struct TrustChain {
  std::vector<TrustLink> links;  ///< each once, none before the zone that it is in
  std::size_t left_out = 0;      ///< links beyond the bounds
};

/// The chains from the root down to the MX, address and TLSA records that were asked for.
/// `opinion` is that on these answers. Strangers choose how many names there are, and how
/// long they are: beyond bounds links are left out.
[[nodiscard]] TrustChain trust_chain(const DnsEvidence& dns, const SecondOpinion& opinion,
                                     std::chrono::sys_seconds moment);

/// The root's keys of the answers as an anchor, if whoever asked found them secure: what
/// that resolver believed, by anchors that it had. Whoever checks a bundle has his own.
[[nodiscard]] std::vector<RootAnchor> root_keys_in(const DnsEvidence& dns);

}  // namespace evidence

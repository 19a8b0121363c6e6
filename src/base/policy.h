#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/base/name.h"
#include "src/base/tlsa.h"

/// What is demanded of a peer, what the DNS said about it, and what follows from both.
///
/// A level of security goes down in four functions and nowhere else: `decide`, which
/// reads like the table of RFC 7672 section 2, and the three steps down at the end of
/// this header, which a second try or an audit may take. Whoever wants to know where the
/// product may be weaker than it was asked to be reads these.
namespace policy {

/// What the user demands of a peer.
enum class Level {
  none,       ///< nothing: no TLSA look-up; after STARTTLS only if the user asked for it
  may,        ///< TLS if the peer offers it, nobody proved
  encrypt,    ///< TLS, nobody proved
  dane,       ///< DANE where secure TLSA records exist, else as `WithoutTlsa` says
  dane_only,  ///< DANE, or no connection
  pkix,       ///< a path to the trust store and the name, whatever the DNS says
  dane_and_pkix,  ///< both
};

/// The word of a level on a command line: `dane-only`, `dane+pkix`, …
[[nodiscard]] std::string_view to_text(Level level);
/// The level of such a word; nothing for others.
[[nodiscard]] std::optional<Level> level_from_text(std::string_view word);
/// All the words, with commas between, for a message.
[[nodiscard]] std::string level_words();

/// Whether the level has TLSA records looked up.
[[nodiscard]] constexpr bool wants_tlsa(Level level) {
  return level == Level::dane || level == Level::dane_only ||
         level == Level::dane_and_pkix;
}
/// Whether the level cannot do without a trust store.
[[nodiscard]] constexpr bool wants_trust_store(Level level) {
  return level == Level::pkix || level == Level::dane_and_pkix;
}
/// Whether DANE is a duty: without secure TLSA records there is no connection.
[[nodiscard]] constexpr bool is_mandatory(Level level) {
  return level == Level::dane_only || level == Level::dane_and_pkix;
}

/// Which profile of DANE the peer's protocol has: mail between servers (RFC 7672), where
/// PKIX-TA and PKIX-EE records cannot be used, or any other (RFC 7671, RFC 7673).
enum class Service { smtp, other };

/// Which end of the connection the peer is: what its certificate has to be meant for.
enum class PeerRole { server, client };

/// What `Level::dane` falls back to where TLSA records securely do not exist, or where
/// the zone is securely known to be unsigned.
enum class WithoutTlsa {
  refuse,         ///< no proof, no connection
  pkix,           ///< PKIX, since the user named a trust store
  encrypt,        ///< as `Level::encrypt`
  opportunistic,  ///< as `Level::may` (RFC 7672 2.2)
  plain,          ///< as `Level::none`
};

/// Whether reference names are compared with the names that the peer presents.
enum class NameCheck {
  compare,  ///< where DANE and PKIX say so: not for DANE-EE (RFC 7671 5.1)
  skip,     ///< never
  dane_ee,  ///< for DANE-EE too, against a peer that passes another's key off as its own
};

/// When the subject's common name counts as a presented name: RFC 9525 says never, RFC
/// 7672 3.2.3 allows it for mail. Never when the certificate has a DNS name.
enum class CommonName { never, smtp_dane_ta, always };

/// A name that the peer must prove to have (a reference identifier of RFC 9525 4).
using ReferenceName = std::variant<dns::Name, net::Address>;
/// The A-labels or the address literal.
[[nodiscard]] std::string to_text(const ReferenceName& name);

/// What was demanded, before any look-up.
struct Demand {
  Level level = Level::dane;
  Service service = Service::other;
  PeerRole peer_role = PeerRole::server;
  WithoutTlsa without_tlsa = WithoutTlsa::refuse;
  NameCheck name_check = NameCheck::compare;
  CommonName common_name = CommonName::smtp_dane_ta;
  std::vector<ReferenceName> names;  ///< in place of those that the DNS facts give
  std::vector<dns::Tlsa> pins;  ///< the user's own TLSA records, in place of the DNS's
  /// Certificates allowed between leaf and anchor: on every path, and, if the first is
  /// not given, on paths to the trust store alone. Neither: as the work budget allows.
  std::optional<unsigned> max_intermediates;
  std::optional<unsigned> max_intermediates_pkix;
};

/// Where the look-up of TLSA records ended (RFC 7672 2.2). A look-up that failed is none
/// of these: it is an error and no decision is made from it.
enum class TlsaState {
  not_asked,         ///< the level needs none, or the host is an address literal
  insecure_service,  ///< SRV records that are not secure name it: not asked (RFC
                     ///< 7673 3.1)
  insecure_address,  ///< the host's addresses are not secure: not asked (RFC 7672 2.2.2)
  insecure,          ///< asked, and the answer is not secure
  absent,            ///< securely denied, at every base domain that there is
  present,           ///< a secure RRset
};

/// `not-asked`, `insecure-service`, `insecure-address`, `insecure`, `absent` or
/// `present`.
[[nodiscard]] std::string_view to_text(TlsaState state);

/// What the DNS said about one host and port.
struct DnsFacts {
  TlsaState state = TlsaState::not_asked;
  dns::Name owner;                 ///< of the TLSA RRset, as asked, if any was asked
  std::vector<dns::Tlsa> records;  ///< the secure RRset; empty unless `present`
  bool are_pins = false;           ///< the records are the user's, and nobody was asked
  std::vector<ReferenceName>
      names;                    ///< base domain first, then the names of RFC 7672 3.2.2
  std::chrono::seconds ttl{0};  ///< of the RRset, aliases of `owner` counted
  std::optional<std::chrono::sys_seconds> signed_until;  ///< its first signature to end
};

/// What has to be proved before data may flow.
enum class Proof { nothing, dane, pkix, dane_and_pkix };

/// What follows when not one record of the RRset can be used.
enum class WhenUnusable {
  refuse,   ///< no proof is possible (RFC 7671 10.3)
  pkix,     ///< as without records (RFC 7673 3.4)
  encrypt,  ///< TLS, nobody proved, never clear text (RFC 7672 2.2)
};

/// Whether there is TLS, where a protocol begins in clear text.
enum class Tls {
  required,
  optional,  ///< if the peer offers it
  never,
};

/// What `verify::check` holds a peer to.
struct Requirement {
  Proof proof = Proof::dane;
  Tls tls = Tls::required;
  WhenUnusable when_unusable = WhenUnusable::refuse;
  Service service = Service::other;
  PeerRole peer_role = PeerRole::server;
  NameCheck name_check = NameCheck::compare;
  CommonName common_name = CommonName::never;
  std::vector<dns::Tlsa> records;
  std::vector<ReferenceName> names;
  /// No record but DANE-EE may prove the peer: the handshake held it to no key usage,
  /// which is nothing to DANE-EE and something to the others (RFC 7671 5.1).
  bool only_dane_ee = false;
  std::optional<unsigned> max_intermediates;       ///< see Demand
  std::optional<unsigned> max_intermediates_pkix;  ///< see Demand
};

/// The requirement that the facts and the demand make together. Errors: kind
/// `temporary`, codes `no_tlsa` (the level wants DANE and there is no secure record) and
/// `no_names` (nothing to compare with the certificate).
[[nodiscard]] base::Result<Requirement> decide(const DnsFacts& facts,
                                               const Demand& demand);

/// Whether a trust store may be asked about the peer.
[[nodiscard]] bool wants_trust_store(const Requirement& requirement);

/// A step down: no TLS on the next connection. For mail whose opportunistic TLS broke off
/// (RFC 7672 2.2); nothing where TLS is required or somebody has to be proved.
[[nodiscard]] std::optional<Requirement> in_clear_text(Requirement requirement);

/// A step down: the same TLS, whoever answers. For an audit, which looks at peers and
/// hands them nothing.
[[nodiscard]] Requirement only_looked_at(Requirement requirement);

/// A step aside: proved by DANE-EE alone, on a connection whose handshake leaves key
/// usage out (RFC 7671 5.1). `usable` are the records of the requirement that can be
/// used. Where nobody has to be proved, or no record at all can be used and that means
/// encryption (RFC 7672 2.2), nobody is proved; nothing where no usable record is
/// DANE-EE, or where PKIX is required too.
[[nodiscard]] std::optional<Requirement> by_dane_ee_alone(
    Requirement requirement, const std::vector<dns::Tlsa>& usable);

}  // namespace policy

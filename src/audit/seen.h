// What was seen of a domain, its mail hosts and their addresses: what came over wires,
// and nothing that was made of it. The survey and the probe fill these values in, once;
// from then on they are constant, and every judgement is a function of them and of a
// moment (judge.h). So an audit that was written down (stored_facts.h) can be judged
// again, by anybody, and comes to the same findings.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/audit/finding.h"
#include "src/evidence/again.h"
#include "src/evidence/trail.h"
#include "src/mail/mail_hosts.h"
#include "src/mail/reach.h"
#include "src/mail/sts_policy.h"

namespace audit {

struct HostAudit;  // judged.h

/// The keys of a zone, as far as they could be looked up.
struct ZoneSeen {
  dns::Name apex;
  std::vector<dns::Dnskey> keys;
  std::vector<dns::Ds> ds;  ///< at the parent
  std::optional<dns::Nsec3Param> nsec3;
  std::optional<dns::Name> parent;  ///< the zone that signed the DS records
};

/// What one name server of a zone says about the TLSA records, asked directly.
struct ServerAnswer {
  std::string server;                ///< name and address
  std::optional<base::Error> error;  ///< why there is no answer
  int rcode = 0;
  std::vector<dns::Tlsa> records;           ///< sorted
  std::optional<dns::Signature> signature;  ///< over the records
  bool tcp = true;                          ///< it answers over TCP too
};

/// How an address is asked for what it shows.
enum class How : std::uint8_t {
  usual,      ///< as a sender asks
  nameless,   ///< without a server name in the TLS hello (RFC 7672 8.1)
  again,      ///< as a sender asks, once more, after a nameless answer that raises doubt
  other_key,  ///< with the signatures of the other kind of key alone (RFC 7671 8)
};

/// `usual`, `nameless`, `again` or `other-key`.
[[nodiscard]] std::string_view to_text(How how);

/// One conversation with an address, up to where a message could be handed over.
struct Shown {
  How how = How::usual;
  std::optional<base::Error> error;  ///< why it did not come that far
  bool connected = false;            ///< the connection stood up
  bool tls_began = false;            ///< a handshake was begun, and so may be what failed
  /// GnuTLS broke a first handshake off for the key usage of the leaf; this is a second
  /// one, which leaves key usage out of account (RFC 7671 5.1).
  bool despite_key_usage = false;
  /// The leaf is the very certificate of the usual conversation, so that nothing of the
  /// chain is kept here.
  bool same_certificate = false;
  std::optional<tls::SessionFacts> session;  ///< if the handshake came to its end
  verify::Chain chain;                       ///< what the peer sent, as far as it is kept
  smtp::Reply rejection;                     ///< the reply that ended it, if one did
  /// What the peer signed, if it was made to.
  std::optional<evidence::Handshake> handshake;
};

/// One address of a mail host.
struct AddressSeen {
  net::Address address;
  /// The usual conversation first, its last attempt; then the others in the order in
  /// which they were held. A second nameless one keeps no chain.
  std::vector<Shown> shown;
  /// Why the address was left alone before all had been asked of it.
  std::optional<base::Error> left_alone;
  unsigned faults = 0;    ///< usual attempts that this machine had no means for
  unsigned refusals = 0;  ///< usual attempts that were refused for now or lost
};

/// The usual conversation with an address; where none was held, one that says so.
[[nodiscard]] const Shown& usual(const AddressSeen& address);

/// Whether this machine, and not a peer, is why a connection could not be made.
[[nodiscard]] bool is_our_fault(const base::Error& error);

/// Whether a conversation was refused for now, or lost in a handshake: a verdict on
/// nothing, unless it is seen twice.
[[nodiscard]] bool may_change(const Shown& shown);

/// Whether both show one leaf certificate. Raw public keys are never the same.
[[nodiscard]] bool same_leaf(const verify::Chain& a, const verify::Chain& b);

/// Adds a conversation to what was seen of an address: a usual one replaces the one
/// before, any other keeps no chain that says nothing new.
void add_shown(AddressSeen& address, Shown shown);

/// A mail host, whatever domains use it.
struct HostSeen {
  dns::Name name;
  std::optional<base::Error> error;  ///< why its addresses could not be looked up
  resolver::Host host;
  /// Why the addresses of one family could not be looked up, where the others could.
  std::optional<base::Error> family_error;
  std::optional<base::Error> tlsa_error;  ///< why its TLSA records could not be looked up
  policy::DnsFacts tlsa;
  dns::Name records_at;  ///< the owner of the TLSA records, behind its aliases
  bool denied = false;   ///< an insecure answer about TLSA says that there are none
  /// Where an alias leads at which TLSA records are looked for and none are.
  std::optional<dns::Name> dangling;
  std::optional<dns::Signature> signature;  ///< over the TLSA records
  std::size_t octets = 0;                   ///< the size of the TLSA answer
  bool parent_denied = false;               ///< `_tcp.` is NXDOMAIN
  std::vector<ServerAnswer> servers;
  std::vector<std::shared_ptr<const ZoneSeen>> zones;  ///< below the top-level domains
  std::vector<AddressSeen> addresses;
  std::vector<net::Address> no_route;  ///< addresses that this machine could not try
  /// Addresses that are not of the Internet, and were to be left alone.
  std::vector<net::Address> out_of_reach;
  /// Name servers whose addresses are not of the Internet, and were to be left alone.
  std::vector<std::string> servers_out_of_reach;
  std::size_t untried = 0;  ///< addresses beyond those that a sender tries
  /// The answers that this was read from, with what proves them, if that is wanted; and
  /// those of them that were known before anybody connected.
  std::shared_ptr<const evidence::Trail> trail;
  std::shared_ptr<const evidence::Trail> committed;
  /// What was asked again, past caches, where something is wrong that proves nothing if
  /// the records were old.
  std::vector<evidence::TrailAgain> again;
};

/// Whether the host has TLSA records that are secure: whoever answers must be proved.
[[nodiscard]] bool has_secure_records(const HostSeen& host);

/// What a sender requires of the host by its own names, those of no domain (RFC 7672
/// 2.2): made of its TLSA records alone.
[[nodiscard]] policy::Requirement requirement(const HostSeen& host);

/// What a report about a host is about: `HOST [ADDRESS]`.
[[nodiscard]] std::string subject_of(const dns::Name& host, const net::Address& address);

/// How many addresses there are of which not all was seen that should have been.
[[nodiscard]] std::size_t not_looked_at(const HostSeen& host);

/// The host without the conversations that only its own judgement needs: hundreds of
/// thousands of hosts are kept for the domains to come.
[[nodiscard]] HostSeen without_other_conversations(HostSeen host);

/// How much memory a chain, a zone or a host takes, more or less, in octets.
[[nodiscard]] std::size_t octets_of(const verify::Chain& chain);
[[nodiscard]] std::size_t octets_of(const ZoneSeen& zone);
[[nodiscard]] std::size_t octets_of(const HostSeen& host);

/// An MTA-STS policy that was asked for.
struct StsSeen {
  /// Why there is none: code `untrusted` if its host was not proved, `bad_policy` if what
  /// came is none, any other if nothing came.
  std::optional<base::Error> error;
  mail::StsPolicy policy;
};

/// A domain and all that its mail hangs on.
struct DomainSeen {
  dns::Name domain;
  std::optional<base::Error> error;  ///< why there is nowhere to go
  mail::MailHosts mx;
  /// In the order of `mx.hosts`; what holds of a host whatever domain uses it was judged
  /// when the host was seen, once for all domains.
  std::vector<std::shared_ptr<const HostAudit>> hosts;
  std::vector<std::shared_ptr<const ZoneSeen>> zones;
  /// TXT records at `_mta-sts.` and `_smtp._tls.`; nothing where they were not asked for
  /// or could not be looked up.
  std::optional<std::vector<std::string>> sts;
  std::optional<std::vector<std::string>> tlsrpt;
  std::optional<StsSeen> sts_policy;  ///< if there is a record and a trust store
  /// The answers that this was read from, but for those of the hosts, if wanted.
  std::shared_ptr<const evidence::Trail> trail;
  /// What was asked again, past caches, where a host of the domain is accused.
  std::vector<evidence::TrailAgain> again;
};

}  // namespace audit

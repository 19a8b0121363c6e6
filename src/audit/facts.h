#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/audit/finding.h"
#include "src/mail/connection.h"
#include "src/mail/mail_hosts.h"
#include "src/mail/sts_policy.h"

namespace audit {

/// The keys of a zone, as far as they could be looked up.
struct ZoneFacts {
  dns::Name apex;
  std::vector<dns::Dnskey> keys;
  std::vector<dns::Ds> ds;  ///< at the parent
  std::optional<dns::Nsec3Param> nsec3;
  std::optional<dns::Name> parent;  ///< the zone that signed the DS records
};

/// What one name server of a zone says about the TLSA records, asked directly.
struct ServerAnswer {
  std::string server;  ///< name and address
  std::optional<base::Error> error;
  int rcode = 0;
  std::vector<dns::Tlsa> records;           ///< sorted
  std::optional<dns::Signature> signature;  ///< over the records
  bool tcp = true;                          ///< it answers over TCP too
};

/// One address of a mail host.
struct AddressFacts {
  net::Address address;
  std::optional<base::Error> error;  ///< why there is no TLS session to be looked at
  mail::Facts connection;
  /// Why not all was asked of it that should have been: that takes too long.
  std::optional<base::Error> left_alone;
  bool despite_key_usage = false;  ///< the handshake came off at a second try only
  /// What the records say about the peer, under the names of the host alone.
  std::optional<verify::Verdict> verdict;
  /// The same for the chain that it shows without SNI, and for that of another kind of
  /// key, where these are others.
  std::optional<verify::Verdict> without_name;
  std::optional<verify::Verdict> other_key;
  /// What a trust store says about the peer under the name of the host, if one was named
  /// (RFC 8461 4.2).
  std::optional<verify::Verdict> pkix;
  /// Why it breaks a handshake off that has no SNI.
  std::optional<base::Error> nameless_error;
  /// The same for another chain that it shows to those who ask once more.
  std::optional<verify::Verdict> once_more;
  std::optional<base::Error>
      later_error;  ///< of STARTTLS, on a connection after the first
  /// When what proves it by DANE-TA is no longer good.
  std::optional<std::chrono::sys_seconds> good_until;
  std::vector<verify::Chain> other_chains;  ///< those chains
};

/// A mail host, whatever domains use it.
struct HostFacts {
  dns::Name name;
  std::optional<base::Error> error;  ///< of the look-up of its addresses
  resolver::Host host;
  /// Of one family of addresses, where the other could be looked up.
  std::optional<base::Error> family_error;
  std::optional<base::Error> tlsa_error;
  policy::DnsFacts tlsa;
  dns::Name records_at;  ///< the owner of the TLSA records, behind its aliases
  bool denied = false;   ///< an insecure answer about TLSA says that there are none
  /// Where an alias to TLSA records leads that are not there.
  std::optional<dns::Name> dangling;
  std::optional<dns::Signature> signature;  ///< over the TLSA records
  std::size_t octets = 0;                   ///< of the TLSA answer
  bool parent_denied = false;               ///< `_tcp.` is NXDOMAIN
  std::vector<ServerAnswer> servers;
  std::vector<std::shared_ptr<const ZoneFacts>> zones;  ///< below the top-level domains
  policy::Requirement requirement;  ///< by the names of the host alone
  std::vector<AddressFacts> addresses;
  std::vector<net::Address> no_route;  ///< addresses that this machine could not try
  /// Addresses that are not of the Internet, and were to be left alone.
  std::vector<net::Address> out_of_reach;
  std::vector<std::string> servers_out_of_reach;  ///< name servers there
  std::size_t untried = 0;        ///< addresses beyond those that a sender tries
  std::size_t chain_octets = 0;   ///< of all chains that its addresses showed
  std::vector<Finding> findings;  ///< that hold for every domain
};

/// `HOST [ADDRESS]`: what a finding about an address is about.
[[nodiscard]] std::string subject_of(const dns::Name& host, const net::Address& address);

/// Addresses of which not all was seen that should have been.
[[nodiscard]] std::size_t not_looked_at(const HostFacts& host);
/// Those of them that might be a way in for all that was seen.
[[nodiscard]] std::size_t undecided_addresses(const HostFacts& host);

/// How much memory they take, more or less, in octets.
[[nodiscard]] std::size_t octets_of(const verify::Chain& chain);
[[nodiscard]] std::size_t octets_of(const ZoneFacts& zone);
[[nodiscard]] std::size_t octets_of(const HostFacts& host);

/// An MTA-STS policy that was asked for.
struct StsFacts {
  /// Why there is none: code `untrusted` if its host was not proved, `bad_policy` if what
  /// came is none, any other if nothing came.
  std::optional<base::Error> error;
  mail::StsPolicy policy;
};

/// A domain and all that its mail hangs on.
struct DomainFacts {
  dns::Name domain;
  std::optional<base::Error> error;  ///< there is nowhere to go
  mail::MailHosts mx;
  std::vector<std::shared_ptr<const HostFacts>> hosts;  ///< in the order of `mx.hosts`
  std::vector<std::shared_ptr<const ZoneFacts>> zones;
  /// TXT records at `_mta-sts.` and `_smtp._tls.`; nothing where they were not asked for
  /// or could not be looked up.
  std::optional<std::vector<std::string>> sts;
  std::optional<std::vector<std::string>> tlsrpt;
  std::optional<StsFacts> sts_policy;  ///< if there is a record and a trust store
};

}  // namespace audit

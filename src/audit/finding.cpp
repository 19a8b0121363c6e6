#include "src/audit/finding.h"

#include <algorithm>
#include <array>

namespace audit {
namespace {

using enum Severity;
using rrset::Rule;

/// A line about TLSA RRsets, in the words that every command has for it.
constexpr Kind of_rrset(Code code, Rule rule) {
  const rrset::RuleText& text = rrset::text_of(rule);
  return {code, text.word, text.severity, text.title, text.source, text.advice};
}

constexpr std::array kCatalogue = {
    Kind{Code::bad_input, "bad-input", warning, "the input is no domain name",
         "RFC 1035 2.3.1",
         "Give names of domains, one a line; --column N takes them out of lists with "
         "several columns."},
    Kind{Code::no_domain, "no-domain", warning, "the domain does not exist",
         "RFC 5321 5.1",
         "Check the spelling of the domain, or mend the alias that leads nowhere."},
    Kind{Code::mx_bogus, "mx-bogus", error, "the MX records fail DNSSEC validation",
         "RFC 7672 2.1.2",
         "Mend the signatures of the zone or the DS record at its parent; until then "
         "every validating sender defers its mail."},
    Kind{Code::mx_lookup_fails, "mx-lookup-fails", error,
         "the MX records cannot be looked up", "RFC 7672 2.1.2",
         "Make the name servers of the zone answer; if other domains fail too, look at "
         "the resolver here."},
    Kind{Code::mx_null, "mx-null", note, "the domain takes no mail (null MX)",
         "RFC 7505 3", "Nothing needs to be done."},
    Kind{Code::no_mail_host, "no-mail-host", note,
         "the domain takes no mail: it has neither an MX record nor an address",
         "RFC 5321 5.1",
         "Nothing needs to be done; a null MX record (MX 0 .) would say so to senders."},
    Kind{Code::mx_insecure, "mx-insecure", error,
         "the MX records are not signed with DNSSEC", "RFC 7672 2.2.1",
         "Sign the zone of the domain and have its DS record published: whoever can "
         "forge the MX records can lead mail to hosts of his own."},
    Kind{Code::mx_odd_target, "mx-odd-target", warning,
         "an MX record names something that is no host", "RFC 5321 5.1",
         "Let every MX record name a host, not an address; take away those that name "
         "none."},
    Kind{Code::mx_too_many, "mx-too-many", warning,
         "there are more MX hosts than senders try", "RFC 5321 5.1",
         "Keep to a handful of MX records."},
    Kind{Code::mx_none_usable, "mx-none-usable", error,
         "no MX record names a host that can be used", "RFC 5321 5.1",
         "Publish an MX record whose target is a host with an address."},
    Kind{Code::mx_implicit, "mx-implicit", note,
         "there is no MX record, the domain itself is the mail host", "RFC 7672 2.2.2",
         "Publish an MX record if the domain is to take mail."},
    Kind{Code::host_bogus, "host-bogus", error,
         "the addresses of a mail host fail DNSSEC validation", "RFC 7672 2.1.2",
         "Mend the signatures of the host's zone or the DS record at its parent."},
    Kind{Code::host_lookup_fails, "host-lookup-fails", error,
         "the addresses of a mail host cannot be looked up", "RFC 7672 2.1.2",
         "Make the name servers of the host's zone answer; if other hosts fail too, look "
         "at the resolver here."},
    Kind{Code::host_no_address, "host-no-address", error, "a mail host has no address",
         "RFC 5321 5.1",
         "Give the host an address; where the domain has another mail host, take the MX "
         "record away."},
    Kind{Code::host_insecure, "host-insecure", warning,
         "the addresses of a mail host are not signed with DNSSEC", "RFC 7672 2.2.2",
         "See that the TLSA records that the host has are right, then sign its zone and "
         "have its DS record published, or ask its operator to: without it no TLSA "
         "record of the host counts."},
    Kind{Code::host_alias, "host-alias", warning, "an MX record names an alias (CNAME)",
         "RFC 2181 10.3",
         "Publish the TLSA records at the name that the alias stands for too, then let "
         "the MX record name that: senders differ in where they look for the TLSA "
         "records of an alias."},
    Kind{Code::host_many_addresses, "host-many-addresses", warning,
         "a mail host has more addresses than senders try", "RFC 5321 5.1",
         "Keep to a handful of addresses for each host."},
    Kind{Code::host_slow, "host-slow", warning,
         "not all was asked of an address: that takes longer than the audit waits",
         "RFC 5321 4.5.3.2",
         "See why the server is slow; audit it with a longer --timeout."},
    Kind{Code::private_address, "private-address", warning,
         "an address is not one of the Internet and was not connected to", "RFC 6890 2.2",
         "Take the address out of the public DNS, or give the host one of the Internet; "
         "without --no-private-addresses it is connected to."},
    Kind{Code::tlsa_bogus, "tlsa-bogus", error, "the TLSA answer fails DNSSEC validation",
         "RFC 7672 2.1.2",
         "Mend the signatures, or the denial of existence, at this name: senders that "
         "enforce DANE do not use the host."},
    Kind{Code::tlsa_lookup_fails, "tlsa-lookup-fails", error,
         "the TLSA records cannot be looked up", "RFC 7672 2.1.2",
         "Make the name servers answer questions of type TLSA, also with a denial: "
         "senders that enforce DANE do not use the host."},
    Kind{Code::tlsa_insecure, "tlsa-insecure", warning,
         "the TLSA records are not signed with DNSSEC", "RFC 7672 2.2",
         "See that the records are right, then sign the zone that they, or the alias to "
         "them, are in."},
    Kind{Code::tlsa_absent, "tlsa-absent", warning, "a mail host has no TLSA record",
         "RFC 7672 2.2.1",
         "See that the host offers STARTTLS to everybody, then publish 3 1 1 of its key: "
         "mail to it can be downgraded, and where other MX hosts have records, blocking "
         "those forces mail here."},
    Kind{Code::tlsa_alias_dangling, "tlsa-alias-dangling", warning,
         "the alias to the TLSA records of a mail host leads to none", "RFC 7671 7",
         "See that the host offers STARTTLS to everybody, then publish 3 1 1 of its key "
         "where the alias leads, or in its place; without records, take the alias away."},
    Kind{Code::tlsa_parent_denied, "tlsa-parent-denied", warning,
         "the name above the TLSA records is denied although they exist", "RFC 8020 2",
         "Use a name server that knows empty non-terminals: resolvers that trust the "
         "denial never find the records."},
    Kind{Code::tlsa_servers_differ, "tlsa-servers-differ", warning,
         "the name servers of the zone do not give the same TLSA answer", "RFC 2181 5",
         "Bring all name servers of the zone to the same version of it."},
    Kind{Code::tlsa_server_fails, "tlsa-server-fails", warning,
         "a name server of the zone does not answer the question for TLSA",
         "RFC 4035 3.1",
         "Mend or remove this name server: resolvers that choose it cannot deliver."},
    Kind{Code::tlsa_server_stale, "tlsa-server-stale", warning,
         "a name server of the zone gives TLSA records with a signature out of its time",
         "RFC 4035 3.1",
         "See that every name server of the zone gets its new versions: resolvers that "
         "choose this one cannot deliver."},
    Kind{Code::tlsa_server_no_tcp, "tlsa-server-no-tcp", warning,
         "a name server of the zone does not answer over TCP", "RFC 7766 5",
         "Open TCP port 53: a resolver that cannot take the answer by UDP has no other "
         "way."},
    Kind{Code::tlsa_large, "tlsa-large", note,
         "the TLSA answer is larger than what passes everywhere by UDP",
         "RFC 7671 10.1.1",
         "Publish fewer records, and digests in place of keys and certificates that the "
         "server sends."},
    of_rrset(Code::tlsa_ttl_long, Rule::ttl_long),
    Kind{Code::signature_expires_soon, "signature-expires-soon", warning,
         "a signature over MX or TLSA records ends within two days", "RFC 7671 13",
         "See that the zone is signed again in time."},
    Kind{Code::signature_too_long, "signature-too-long", note,
         "a signature over the TLSA records is good for more than a month", "RFC 7671 13",
         "Sign for days, not months: an old key can be replayed for as long."},
    Kind{Code::dnssec_old_algorithm, "dnssec-old-algorithm", warning,
         "a zone is signed by an algorithm that validators give up", "RFC 8624 3.1",
         "Move the zone to ECDSAP256SHA256 (13): where the algorithm is not known, the "
         "zone counts as unsigned and DANE is off."},
    Kind{Code::dnssec_short_key, "dnssec-short-key", warning,
         "a zone is signed by an RSA key of fewer than 2048 bits", "RFC 8624 3.1",
         "Replace the key by a longer one, or by ECDSAP256SHA256 (13)."},
    Kind{Code::ds_old_digest, "ds-old-digest", warning,
         "a zone is delegated by a SHA-1 digest alone", "RFC 8624 3.3",
         "Have a DS record of digest type 2 (SHA-256) published."},
    Kind{Code::nsec3_iterations, "nsec3-iterations", warning,
         "a zone hashes its denials more than once", "RFC 9276 3.1",
         "Set the NSEC3 iterations to 0: above a limit of their own, validators take the "
         "zone for unsigned or fail."},
    Kind{Code::nsec3_salt, "nsec3-salt", note, "a zone salts the hashes of its denials",
         "RFC 9276 3.1", "Leave the salt empty."},
    of_rrset(Code::record_pkix_usage, Rule::pkix_usage),
    of_rrset(Code::record_unknown_number, Rule::unknown_number),
    of_rrset(Code::record_bad_data, Rule::bad_data),
    of_rrset(Code::record_full, Rule::full),
    of_rrset(Code::record_anchor_full, Rule::anchor_full),
    of_rrset(Code::record_anchor_key_not_sent, Rule::anchor_key_not_sent),
    of_rrset(Code::record_sha512_alone, Rule::sha512_alone),
    of_rrset(Code::record_certificate, Rule::certificate),
    of_rrset(Code::record_anchor_certificate, Rule::anchor_certificate),
    of_rrset(Code::record_duplicate, Rule::duplicate),
    of_rrset(Code::record_unmatched, Rule::unmatched),
    of_rrset(Code::record_anchor_not_sent, Rule::anchor_not_sent),
    of_rrset(Code::record_anchor_spare, Rule::anchor_spare),
    of_rrset(Code::parameters_unmatched, Rule::parameters_unmatched),
    of_rrset(Code::none_usable, Rule::none_usable),
    of_rrset(Code::no_spare, Rule::no_spare),
    Kind{Code::shared_key, "shared-key", note,
         "hosts of different domains show the same key", "RFC 7672 2.2.3",
         "Give each operator's hosts their own key if they are not run together, its "
         "TLSA records first."},
    Kind{Code::unreachable, "unreachable", error, "an address cannot be connected to",
         "RFC 5321 5.1",
         "Make it answer; where the host has another address, take this one away."},
    Kind{Code::no_route, "no-route", note,
         "this machine could not try an address, which was left out", "practice",
         "Audit from a machine with both IPv4 and IPv6, without -4 or -6."},
    Kind{Code::temporarily_refused, "temporarily-refused", error,
         "the server turns us away for now (a reply of 4xx)", "RFC 5321 4.2.1",
         "Nothing can be said now: try again later, from an address with a good "
         "reputation."},
    Kind{Code::refused, "refused", error, "the server turns us away (a reply of 5xx)",
         "RFC 5321 4.2.1",
         "Try from an address with a good reputation, a PTR record and a fitting --helo; "
         "if senders are refused too, open the server."},
    Kind{Code::garbage, "garbage", error,
         "the server hangs up, is silent or speaks no SMTP", "RFC 5321 4.2",
         "Make the server speak SMTP as RFC 5321 has it."},
    Kind{Code::starttls_not_offered, "starttls-not-offered", error,
         "the host has TLSA records and does not offer STARTTLS", "RFC 7672 2.2",
         "Offer STARTTLS to everybody with the key that the records name; where that "
         "cannot be, take the TLSA records away."},
    Kind{Code::starttls_refused, "starttls-refused", error,
         "the host has TLSA records and refuses STARTTLS", "RFC 7672 2.2",
         "See that the server can load its certificate and key, those that the records "
         "name."},
    Kind{Code::starttls_injection, "starttls-injection", error,
         "the server sends clear text behind its go-ahead for TLS", "RFC 3207 4",
         "Update the mail server, or the machine in front of it."},
    Kind{Code::handshake_fails, "handshake-fails", error, "the TLS handshake fails",
         "RFC 7672 2.2",
         "Offer TLS 1.2 or 1.3 with a certificate that clients can use, its TLSA records "
         "first."},
    of_rrset(Code::mismatch, Rule::mismatch),
    Kind{Code::name_mismatch, "name-mismatch", error,
         "the certificate under DANE-TA has none of the names that count",
         "RFC 7672 3.2.2",
         "Get a certificate with the name of the MX host from the issuer that the "
         "records name, for the present key."},
    Kind{Code::expired, "expired", error,
         "a certificate under DANE-TA has expired or is not valid yet", "RFC 7672 3.1.2",
         "Install a certificate that is valid now, from the issuer that the records "
         "name, for the present key."},
    Kind{Code::bad_path, "bad-path", error,
         "the chain of certificates to the anchor is not good", "RFC 7672 3.1.2",
         "Send the chain as the CA gives it; where the detail names a constraint or an "
         "issuer that is no CA, get another certificate from the issuer that the records "
         "name, for the present key."},
    Kind{Code::unsupported_key, "unsupported-key", error,
         "the server's key is of a kind that senders do not offer to check",
         "RFC 8446 9.1",
         "Make an RSA key of 2048 bits or more, or an ECDSA key on P-256; publish 3 1 1 "
         "of it beside the present record, and install it when the old TTL has passed."},
    Kind{Code::expires_soon, "expires-soon", warning,
         "a certificate under DANE-TA ends within a week", "RFC 7672 3.1.2",
         "Renew the certificate with the same issuer, for the present key."},
    Kind{
        Code::certificate_unreadable, "certificate-unreadable", warning,
        "a certificate of the server breaks RFC 5280 such that some senders cannot read "
        "it",
        "RFC 5280 4.1",
        "Get one that keeps to the RFC, with the same key if the record names that: Exim "
        "and other senders built on GnuTLS end the handshake, those built on OpenSSL "
        "deliver."},
    Kind{Code::leaf_expired, "leaf-expired", note,
         "the certificate under DANE-EE is out of its time, which DANE ignores",
         "RFC 7671 5.1",
         "Renew it for the present key, for the sake of senders that look at it; publish "
         "the records of what changes first."},
    Kind{Code::leaf_other_name, "leaf-other-name", note,
         "the certificate under DANE-EE has another name, which DANE ignores",
         "RFC 7671 5.1",
         "Get one with the name of the host for the present key, for the sake of senders "
         "that look at it; publish the records of what changes first."},
    Kind{Code::base_name_missing, "base-name-missing", warning,
         "the certificate under DANE-TA lacks the name of the MX host", "RFC 7672 3.2.2",
         "Get a certificate with that name too from the issuer that the records name: "
         "senders that reach the host over insecure MX records accept no other."},
    Kind{Code::certificates_differ, "certificates-differ", note,
         "the addresses of a host show different keys", "RFC 7671 8",
         "See that the records cover all of them, at every renewal."},
    Kind{Code::name_demanded, "name-demanded", warning,
         "without a server name (SNI) the server shows a certificate that does not "
         "match, or none",
         "RFC 7672 8.1", "Make the certificate of the MX host the default."},
    Kind{
        Code::other_key_unmatched, "other-key-unmatched", error,
        "the server has certificates of two kinds of key, and the records match only one",
        "RFC 7671 8", "Publish 3 1 1 of both keys."},
    Kind{Code::old_protocol, "old-protocol", note, "the server knows no TLS 1.3",
         "RFC 7672 6", "Update the server's TLS."},
    Kind{Code::key_usage, "key-usage", warning,
         "the certificate's key usage does not fit the handshake", "RFC 5280 4.2.1.3",
         "Get a certificate with digitalSignature for the present key: some senders "
         "break off before they look at the TLSA records."},
    Kind{Code::sts_absent, "mta-sts-absent", note, "there is no MTA-STS record",
         "RFC 8461 3.1", "Publish a policy if senders without DANE are to be bound too."},
    Kind{Code::sts_invalid, "mta-sts-invalid", warning, "the MTA-STS record is not valid",
         "RFC 8461 3.1", "Publish exactly one record: v=STSv1; id=…;"},
    Kind{Code::sts_unreachable, "mta-sts-unreachable", warning,
         "the MTA-STS policy that the record announces cannot be fetched", "RFC 8461 3.3",
         "Serve it as text/plain by HTTPS, as mta-sts.DOMAIN/.well-known/mta-sts.txt and "
         "without a redirect."},
    Kind{Code::sts_untrusted, "mta-sts-untrusted", warning,
         "the certificate of the MTA-STS policy host is not good", "RFC 8461 3.3",
         "Get a certificate with the name mta-sts.DOMAIN from a public CA."},
    Kind{Code::sts_bad_policy, "mta-sts-bad-policy", warning,
         "the MTA-STS policy is not valid", "RFC 8461 3.2",
         "Correct it: a line each for version, mode and max_age, and one for each MX "
         "host."},
    Kind{Code::sts_disagrees, "mta-sts-disagrees", warning,
         "the MTA-STS policy does not list an MX host", "RFC 8461 4.1",
         "Add the host to the policy: senders that honour it and know no DANE do not use "
         "the host."},
    Kind{Code::sts_host_untrusted, "mta-sts-host-untrusted", warning,
         "a host that the MTA-STS policy lists is not proved by the named CAs",
         "RFC 8461 4.2",
         "Get a certificate with the name of the MX host from a public CA, its TLSA "
         "records first: senders that honour the policy and know no DANE do not use the "
         "host."},
    Kind{Code::sts_not_enforced, "mta-sts-not-enforced", note,
         "the MTA-STS policy binds nobody (mode testing or none)", "RFC 8461 5",
         "Set its mode to enforce when the reports are good."},
    Kind{Code::tlsrpt_absent, "tlsrpt-absent", note, "there is no TLSRPT record",
         "RFC 8460 3", "Publish one, to be told by senders when TLS fails."},
    Kind{Code::tlsrpt_invalid, "tlsrpt-invalid", warning,
         "the TLSRPT record is not valid", "RFC 8460 3",
         "Publish exactly one record: v=TLSRPTv1; rua=mailto:…"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (static_cast<std::size_t>(kCatalogue.at(i).code) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "the catalogue is read by the numbers of the codes");

}  // namespace

std::span<const Kind> catalogue() { return kCatalogue; }

const Kind& kind_of(Code code) { return kCatalogue.at(static_cast<std::size_t>(code)); }

std::optional<Code> code_of(Rule rule) {
  const auto kind = std::ranges::find(kCatalogue, rrset::text_of(rule).word, &Kind::word);
  if (kind == kCatalogue.end()) return std::nullopt;
  return kind->code;
}

}  // namespace audit

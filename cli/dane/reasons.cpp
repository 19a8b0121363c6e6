#include "cli/dane/reasons.h"

#include <array>

namespace cli::dane {
namespace {

constexpr std::string_view kCheck = "dane check HOST PORT";
constexpr std::string_view kLookup = "dane lookup HOST PORT";
constexpr std::string_view kChain =
    "openssl s_client -connect HOST:PORT -starttls smtp -showcerts";
constexpr std::string_view kServer = "openssl s_client -connect HOST:PORT -starttls smtp";

constexpr std::array kReasons = {
    // Where records or a trust store say no.
    ReasonText{"mismatch", "None of the TLSA records matches what the server shows.",
               kCheck, "", "RFC 7671 4"},
    ReasonText{"no-tlsa", "There are no TLSA records that are signed with DNSSEC.",
               kLookup,
               "Sign the domain, then publish the record that dane check prints.",
               "RFC 7672 2.2"},
    ReasonText{"no-chain",
               "The server promised to send its TLSA records with what proves them, and "
               "sends none.",
               kLookup,
               "Give sslserver --chain-file again. If the server does send them, "
               "somebody on the way takes them away.",
               "RFC 9102 7"},
    ReasonText{
        "no-usable-record",
        "There are TLSA records, but not one that can be used: numbers that nobody "
        "assigned, data of the wrong length, or usages 0 and 1 for mail.",
        kLookup, "Publish a record 3 1 1 of the server's key.", "RFC 7671 10.3"},
    ReasonText{"anchor-is-leaf",
               "A record of usage 2 (DANE-TA) matches the server's own certificate; such "
               "a record has to be of one that issued it.",
               kLookup, "Publish the same data as 3 1 1 or 3 0 1.", "RFC 7671 5.2"},
    ReasonText{"name-mismatch",
               "The certificate is good, but for other names than the server's.", kChain,
               "A record 3 1 1 does without names.", "RFC 9525 6"},
    ReasonText{
        "too-many-names",
        "The certificate is good and has so many names that not all are looked at.",
        kChain, "Get a certificate with fewer names, or publish 3 1 1.", "RFC 9525 6"},
    ReasonText{
        "expired",
        "A certificate that the proof stands on has ended or, in an audit, has not "
        "begun.",
        kChain, "A record 3 1 1 does without dates.", "RFC 5280 4.1.2.5"},
    ReasonText{"not-yet-valid", "A certificate that the proof stands on has not begun.",
               kChain, "Look at the clocks of the CA, the server and this machine.",
               "RFC 5280 4.1.2.5"},
    ReasonText{"no-path",
               "No path of signatures leads from the server's certificate to the anchor.",
               kChain,
               "Have the server send all certificates between its own and the anchor; "
               "with usage 2 the anchor too.",
               "RFC 7671 5.2"},
    ReasonText{"bad-signature", "A signature on the way to the anchor is wrong.", kChain,
               "Have the server send the certificates as its CA issued them.",
               "RFC 5280 6.1"},
    ReasonText{"weak-algorithm",
               "A signature or key on the way to the anchor is too weak to count.",
               kChain,
               "Get a certificate with RSA of 2048 bits or ECDSA, signed with SHA-256.",
               "practice"},
    ReasonText{"not-a-ca", "A certificate that issued another may not do so.", kChain,
               "Get the certificate from a CA; an own one needs CA:TRUE.",
               "RFC 5280 4.2.1.9"},
    ReasonText{"path-too-long",
               "There are more certificates between server and anchor than allowed.",
               kChain, "Use a shorter chain; see -V and DEPTH where you set a limit.",
               "RFC 5280 4.2.1.9"},
    ReasonText{"constraint",
               "A certificate's constraints exclude the server's names, or it has a "
               "critical extension that is not known.",
               kChain, "Get a certificate from a CA that may issue for these names.",
               "RFC 5280 4.2.1.10"},
    ReasonText{"key-purpose", "A certificate is not meant for TLS servers.", kChain,
               "Get one with the purpose serverAuth. A record 3 1 1 does without.",
               "RFC 5280 4.2.1.12"},
    ReasonText{"chain-too-long", "The server sends more certificates than are looked at.",
               kChain, "Have it send its own and those between it and the anchor.",
               "practice"},
    ReasonText{"budget-exhausted",
               "To judge the server's certificates takes more work than is allowed.",
               kChain, "Have it send a plain chain, each certificate once.", "practice"},
    ReasonText{"no-certificate", "The server sends no certificate.", kServer,
               "Give the server a certificate.", "RFC 8446 4.4.2"},
    ReasonText{"bad-certificate", "What the server sends as its certificate is none.",
               kServer, "Give the server a certificate as its CA issued it.",
               "RFC 5280 4.1"},
    ReasonText{"unsupported-key",
               "The server's key is of a kind, or of a size, that is not computed with.",
               kServer, "Keep RSA keys to 4096 bits.", "practice"},
    ReasonText{"no-trust-store",
               "A certificate authority has to prove the server, and none is named.", "",
               "Name a trust store: --ca, or -a and -A for sslclient.", "practice"},
    ReasonText{"untrusted", "No authority of the trust store proves the server.", kChain,
               "Name the right trust store, or get a certificate of one of its CAs.",
               "RFC 5280 6.1"},
    ReasonText{"no-names", "There is no name that the certificate could be held to.", "",
               "Give the server's name: --name.", "RFC 9525 4"},
    ReasonText{"refused", "The server does not prove what it must.", kCheck,
               "The detail says more.", "RFC 7672 2.2"},
    // Where TLS does not come about.
    ReasonText{"starttls-not-offered", "The server does not offer STARTTLS.", kServer,
               "If the server does offer it, somebody on the way takes the offer away.",
               "RFC 3207 4"},
    ReasonText{"starttls-refused", "The server offers STARTTLS and then refuses it.",
               kServer, "The server's log says more.", "RFC 3207 4"},
    ReasonText{"starttls-injection",
               "Clear text came behind the server's go-ahead for TLS: it could be "
               "somebody else's.",
               kServer, "", "RFC 3207 5"},
    ReasonText{"handshake", "The TLS handshake fails.", kServer,
               "The detail has what was said. A port that begins in clear text wants "
               "--starttls.",
               "RFC 8446 4"},
    ReasonText{"key-usage",
               "The certificate's key usage forbids what the server does with the key.",
               kChain, "", "RFC 5280 4.2.1.3"},
    ReasonText{"truncated", "The connection ended without a word of TLS.", kServer,
               "Look at the server's log.", "RFC 8446 6.1"},
    ReasonText{"closed", "The server closed the connection before TLS.", kServer,
               "Look at the server's log: a block list, or too many connections.",
               "practice"},
    ReasonText{"protocol", "The server does not speak the protocol that was expected.",
               kServer, "Look at the port and at --starttls.", "practice"},
    ReasonText{"greeting", "The mail server does not greet with 220.", kServer,
               "Read its reply; it may not want mail from this address.", "RFC 5321 4.2"},
    ReasonText{"helo", "The mail server does not take our EHLO.", kServer,
               "Read its reply; see --helo or control/helohost.", "RFC 5321 4.1.1.1"},
    // Where nothing answers.
    ReasonText{"connect", "No connection could be made.", "nc -vz HOST PORT",
               "See whether the server runs and no firewall is in the way.", "practice"},
    ReasonText{"timeout", "There was no answer in time.", "nc -vz HOST PORT",
               "Try again later; see whether a firewall drops packets.", "practice"},
    ReasonText{"io", "The connection failed while it was used.", "", "Try again later.",
               "practice"},
    ReasonText{"dead", "The address did not answer lately, and is not tried for an hour.",
               "", "Wait, or run qmail-tcpok.", "practice"},
    ReasonText{"no-address", "The host has no address.", "drill -D A HOST",
               "Look at the name. For a mail domain: dane audit DOMAIN.", "RFC 1035"},
    ReasonText{"no-service", "The domain has no server for the service.",
               "drill -D SRV _SERVICE._tcp.DOMAIN",
               "Look at the name of the service; for a server that you know: dane check "
               "HOST PORT.",
               "RFC 2782"},
    ReasonText{"bogus",
               "An answer of the DNS fails its DNSSEC check: a forgery, or a zone whose "
               "signatures are wrong.",
               "drill -S HOST",
               "If it is your zone: sign it again, and compare its keys with the DS "
               "record at the parent.",
               "RFC 4035 4.3"},
    ReasonText{"servfail", "The name servers fail, or cannot be reached.",
               "drill -D -T TLSA _PORT._tcp.HOST",
               "See whether other names can be looked up; if not, it is the resolver: "
               "--forward.",
               "RFC 7672 2.1.2"},
    ReasonText{"dns-refused", "The name servers refuse the question.",
               "drill -D TLSA _PORT._tcp.HOST",
               "If it is your zone: see that its name servers have it.",
               "RFC 1035 4.1.1"},
    ReasonText{"rcode", "The name servers answer with an error.",
               "drill -D TLSA _PORT._tcp.HOST",
               "Update the name server; some do not know the type TLSA.",
               "RFC 1035 4.1.1"},
    ReasonText{"malformed", "An answer of the DNS cannot be read.",
               "drill -D TLSA _PORT._tcp.HOST", "Update the name server.",
               "RFC 1035 4.1"},
    ReasonText{"alias-loop", "The aliases (CNAME) of the name lead round and round.",
               "drill -D A HOST", "Mend the CNAME records.", "RFC 1034 3.6.2"},
    ReasonText{
        "not-validating",
        "Nothing that was asked is signed up to the trust anchor, the root among "
        "it: the resolver here or the way to it spoils DNSSEC.",
        "drill -D DNSKEY .",
        "Name a resolver that passes DNSSEC on: --forward, or --forward recursion.",
        "RFC 4035 4.3"},
};

}  // namespace

std::span<const ReasonText> reasons() { return kReasons; }

}  // namespace cli::dane

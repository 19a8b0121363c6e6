// verify: is this peer the one that its domain speaks of?
//
// DANE in a page. A TLS server proves by its signature in the handshake that it holds the
// private key of the certificate that it sends first, the leaf. Whether that key is the
// right one, TLS does not say. The web asks certification authorities, any of a hundred.
// With DANE the domain says it itself, in DNS records signed by DNSSEC: a TLSA record at
// `_25._tcp.mail.example.org` speaks of the server on port 25 of that host.
//
//   _25._tcp.mail.example.org. TLSA 3 1 1 8d02...  (usage, selector, matching type, data)
//
// The matching type says what the data are: 0 the octets themselves, 1 their SHA2-256,
// 2 their SHA2-512. The selector says of which octets: 0 the whole certificate, which
// changes whenever it is renewed, 1 the public key in it, which may stay. The usage says
// what is named, and what that proves:
//
//   3 DANE-EE  this leaf. The match is the whole proof: names, dates and issuers of the
//              certificate do not count, for the DNS has said whose key it is.
//   2 DANE-TA  an issuer of the leaf. The path of signatures from the leaf up to it must
//              hold, and the leaf must have the right name, for a CA issues for many.
//   1 PKIX-EE  this leaf, if the user's own trust store accepts it too.
//   0 PKIX-TA  an issuer, if the user's own trust store accepts a path through it. Mail
//              between servers knows no common trust store and uses neither 0 nor 1.
//
// One record that matches proves the peer, so two keys can stand side by side during a
// change. A record of numbers that nobody assigned, or of malformed data, is unusable: as
// if it were not there. If usable records are there and none matches, the peer is
// refused.
//
// The name under which the records were found is the base domain: the host name itself,
// or what it is an alias of, if all of that is secure. It is the first reference name,
// and what TLS sends as server name. The names in the certificate are the presented
// names. A host that an MX record names may also have the name of the mail domain, if the
// MX record was secure too. Without DNSSEC all of this is worth nothing, since whoever
// can change the connection can change the answer as well: such records never come here.
//
// (RFC 6698 the record, RFC 7671 how it is judged, RFC 7672 mail, RFC 9525 names.)
//
// The way in is check.h: verify::check takes what the peer sent (a Chain), what is
// required of it (policy::Requirement), and the clock, trust store and work budget as
// arguments (Context); it returns a Verdict and nothing else happens. There is no socket,
// no clock, no file and no environment in this folder, and no TLS session: GnuTLS is used
// for X.509 paths, public keys and hashes only. A reader meets check, dane (which records
// are asked), record_judge (what one demands), tlsa_usable, prints (what matches), path
// (which issuers) and names, in this order. Values that others use beside the verdict
// (verdict.h): certificate.h reads a certificate, roots.h a trust store, tlsa_usable.h
// says which records count, hash.h has the digests. For reports names.h, extensions.h
// and key.h say what a certificate is.
#pragma once

#include <variant>
#include <vector>

#include "src/base/bytes.h"

namespace verify {

/// The certificates (DER) in the order in which the peer sent them: `[0]` is the leaf.
using Certificates = std::vector<base::Bytes>;

/// The one SubjectPublicKeyInfo (DER) of a peer with a raw public key (RFC 7250 3).
struct RawPublicKey {
  base::Bytes spki;
};

/// What the peer proved in the handshake to hold the private key of.
using Chain = std::variant<Certificates, RawPublicKey>;

}  // namespace verify

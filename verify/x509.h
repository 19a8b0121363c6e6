#pragma once

#include <memory>

#include "src/base/bytes.h"
#include "verify/reason.h"

struct gnutls_x509_crt_int;  // GnuTLS's own certificate, never looked into here

/// The door to GnuTLS's X.509: a certificate's signature by its issuer, and the strength
/// of both. Which path they are on, when anything is valid and what an issuer says of
/// names below it is decided elsewhere.
namespace verify::x509 {

/// Frees GnuTLS's certificate.
struct Free {
  void operator()(gnutls_x509_crt_int* certificate) const noexcept;
};
/// A certificate as GnuTLS holds it.
using Handle = std::unique_ptr<gnutls_x509_crt_int, Free>;
/// GnuTLS's reading of a certificate; empty if it cannot read it.
[[nodiscard]] Handle import(base::ByteView der);

/// GnuTLS's judgement of a certificate below this issuer (RFC 5280 6.1.3 a 1): the names
/// that chain them, the signature, strength by its profile `MEDIUM` (RSA of 2048 bits, no
/// SHA-1), CA flag. Times, revocation and critical extensions are left out. `constraint`
/// for an issuer that may not sign certificates (key usage) or not without certain TLS
/// features, and also for a key that cannot have made the signature.
[[nodiscard]] Reason judge(gnutls_x509_crt_int* certificate, gnutls_x509_crt_int* issuer);

/// Whether a key of the issuer's algorithm makes signatures of the certificate's.
[[nodiscard]] bool can_have_signed(gnutls_x509_crt_int* certificate,
                                   gnutls_x509_crt_int* issuer);

/// Whether GnuTLS knows the algorithm of the certificate's signature, and whether it can
/// read the certificate's key: what it does not know it calls insecure.
[[nodiscard]] bool knows_signature_of(gnutls_x509_crt_int* certificate);
[[nodiscard]] bool knows_key_of(gnutls_x509_crt_int* certificate);

/// The DER of a certificate that stands for a bare trusted key: a v3 CA with this subject
/// (DER of a Name) and SubjectPublicKeyInfo, unlimited in time, and no real signature;
/// `extensions` (DER of each) are put behind its BasicConstraints.
[[nodiscard]] base::Bytes certificate_for_key(base::ByteView subject, base::ByteView spki,
                                              base::ByteView extensions = {});

}  // namespace verify::x509

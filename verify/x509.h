#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/base/bytes.h"
#include "verify/verdict.h"

struct gnutls_x509_crt_int;  // GnuTLS's own certificate, never looked into here

/// The door to GnuTLS's X.509: signatures, strength of algorithms and name constraints of
/// one finished path. Which path, and when anything is valid, is decided elsewhere.
namespace verify::x509 {

/// Frees GnuTLS's certificate.
struct Free {
  void operator()(gnutls_x509_crt_int* certificate) const noexcept;
};
/// A certificate as GnuTLS holds it.
using Handle = std::unique_ptr<gnutls_x509_crt_int, Free>;
/// Certificates of a path, leaf first, trusted anchor last; not owned, none null.
using Path = std::vector<gnutls_x509_crt_int*>;

/// GnuTLS's reading of a certificate; empty if it cannot read it.
[[nodiscard]] Handle import(base::ByteView der);

/// GnuTLS's judgement of a path (RFC 5280 6.1): every signature up to the anchor,
/// strength by its profile `MEDIUM` (RSA of 2048 bits, no SHA-1), CA flags, name
/// constraints. Times and revocation are left out. `none` if the path is good.
[[nodiscard]] Reason judge(const Path& path);

/// Whether the name constraints of the issuers on the path permit this DNS name (RFC 5280
/// 4.2.1.10), and whether they can be read at all, also without a name: for a name that
/// is not itself in the certificate.
[[nodiscard]] bool permits_name(const Path& path, const std::string& dns_name);

/// The DER of a certificate that stands for a bare trusted key: a v3 CA with this subject
/// (DER of a Name) and SubjectPublicKeyInfo, unlimited in time, and no real signature.
[[nodiscard]] base::Bytes certificate_for_key(base::ByteView subject,
                                              base::ByteView spki);

}  // namespace verify::x509

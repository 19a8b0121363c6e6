#include "verify/x509.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <array>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify::x509 {
namespace {

// Critical extensions are path_rules.h's. Without the last flag a copy of the issuer
// would pass without a signature.
constexpr unsigned kFlags =
    GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
    GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_VERIFY_IGNORE_UNKNOWN_CRIT_EXTENSIONS |
    GNUTLS_VERIFY_DO_NOT_ALLOW_SAME;

gnutls_datum_t datum(base::ByteView view) {
  // GnuTLS only reads from it, but its type has no const.
  auto* data = const_cast<std::byte*>(view.data());
  return {reinterpret_cast<unsigned char*>(data), static_cast<unsigned>(view.size())};
}

Reason reason_of(unsigned status) {
  const auto has = [status](unsigned bit) { return (status & bit) != 0; };
  if (status == 0) return Reason::none;
  if (has(GNUTLS_CERT_SIGNATURE_FAILURE)) return Reason::bad_signature;
  if (has(GNUTLS_CERT_SIGNER_NOT_FOUND)) return Reason::no_path;
  if (has(GNUTLS_CERT_INSECURE_ALGORITHM)) return Reason::weak_algorithm;
  if (has(GNUTLS_CERT_SIGNER_NOT_CA)) return Reason::not_a_ca;
  if (has(GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE)) return Reason::constraint;
  if (has(GNUTLS_CERT_PURPOSE_MISMATCH)) return Reason::key_purpose;
  return Reason::bad_signature;
}

Reason verify(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer, unsigned flags) {
  unsigned status = 0;
  const int rc = gnutls_x509_crt_list_verify(&certificate, 1, &issuer, 1, nullptr, 0,
                                             kFlags | flags, &status);
  return rc == 0 ? reason_of(status) : Reason::bad_signature;
}

base::Bytes basic_constraints() {
  const auto yes = der::encode(der::kBoolean, {oid::make(0xff)});
  const auto value = der::encode(der::kOctetString, {der::encode(der::kSequence, {yes})});
  const auto type = der::encode(der::kOid, {oid::kBasicConstraints});
  return der::encode(der::kSequence, {type, yes, value});
}

}  // namespace

void Free::operator()(gnutls_x509_crt_int* certificate) const noexcept {
  gnutls_x509_crt_deinit(certificate);
}

Handle import(base::ByteView der) {
  gnutls_x509_crt_t raw = nullptr;
  if (gnutls_x509_crt_init(&raw) != 0) return nullptr;
  Handle handle(raw);
  const auto input = datum(der);
  if (gnutls_x509_crt_import(raw, &input, GNUTLS_X509_FMT_DER) != 0) return nullptr;
  return handle;
}

Reason judge(gnutls_x509_crt_int* certificate, gnutls_x509_crt_int* issuer) {
  const Reason found =
      verify(certificate, issuer, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM));
  if (found != Reason::weak_algorithm) return found;
  // GnuTLS stops at what is weak; what did not sign at all is no issuer.
  const Reason anyhow = verify(certificate, issuer, GNUTLS_VERIFY_ALLOW_BROKEN);
  return anyhow == Reason::none ? found : Reason::bad_signature;
}

bool can_have_signed(gnutls_x509_crt_int* certificate, gnutls_x509_crt_int* issuer) {
  const int signature = gnutls_x509_crt_get_signature_algorithm(certificate);
  const int key = gnutls_x509_crt_get_pk_algorithm(issuer, nullptr);
  if (signature <= 0 || key <= 0) return false;
  return gnutls_sign_supports_pk_algorithm(
             static_cast<gnutls_sign_algorithm_t>(signature),
             static_cast<gnutls_pk_algorithm_t>(key)) != 0;
}

bool knows_signature_of(gnutls_x509_crt_int* certificate) {
  return gnutls_x509_crt_get_signature_algorithm(certificate) > GNUTLS_SIGN_UNKNOWN;
}

bool knows_key_of(gnutls_x509_crt_int* certificate) {
  gnutls_pubkey_t raw = nullptr;
  if (gnutls_pubkey_init(&raw) != 0) return false;
  const int rc = gnutls_pubkey_import_x509(raw, certificate, 0);
  gnutls_pubkey_deinit(raw);
  return rc == 0;
}

base::Bytes certificate_for_key(base::ByteView subject, base::ByteView spki,
                                base::ByteView more) {
  using der::encode;
  const auto version =
      encode(der::constructed(0), {encode(der::kInteger, {oid::make(2)})});
  const auto serial = encode(der::kInteger, {oid::make(1)});
  const auto algorithm = encode(der::kSequence, {encode(der::kOid, {oid::kSha256Ecdsa})});
  const auto begin = encode(der::kUtcTime, {base::as_bytes("500101000000Z")});
  const auto end = encode(der::kGeneralizedTime, {base::as_bytes("99991231235959Z")});
  const auto validity = encode(der::kSequence, {begin, end});
  const auto extensions =
      encode(der::constructed(3), {encode(der::kSequence, {basic_constraints(), more})});
  const auto tbs = encode(der::kSequence, {version, serial, algorithm, subject, validity,
                                           subject, spki, extensions});
  const auto signature = encode(der::kBitString, {oid::make(0, 0)});
  return encode(der::kSequence, {tbs, algorithm, signature});
}

}  // namespace verify::x509

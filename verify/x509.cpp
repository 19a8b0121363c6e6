#include "verify/x509.h"

#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>

#include <array>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify::x509 {
namespace {

constexpr unsigned kFlags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                            GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
                            GNUTLS_VERIFY_DISABLE_CRL_CHECKS;

struct FreeConstraints {
  void operator()(gnutls_name_constraints_st* constraints) const noexcept {
    gnutls_x509_name_constraints_deinit(constraints);
  }
};
using Constraints = std::unique_ptr<gnutls_name_constraints_st, FreeConstraints>;

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
  if (has(GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS)) return Reason::constraint;
  if (has(GNUTLS_CERT_PURPOSE_MISMATCH)) return Reason::key_purpose;
  return Reason::bad_signature;
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

Reason judge(const Path& path) {
  // The anchor stays in the list: GnuTLS drops a last certificate that is self-issued,
  // which without the anchor behind it may be an intermediate that is needed.
  const auto flags = kFlags | GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);
  unsigned status = 0;
  const int rc = gnutls_x509_crt_list_verify(path.data(), static_cast<int>(path.size()),
                                             &path.back(), 1, nullptr, 0, flags, &status);
  return rc == 0 ? reason_of(status) : Reason::bad_signature;
}

bool permits_name(const Path& path, const std::string& dns_name) {
  gnutls_x509_name_constraints_t raw = nullptr;
  if (gnutls_x509_name_constraints_init(&raw) != 0) return false;
  const Constraints constraints(raw);
  bool any = false;
  for (std::size_t i = path.size(); i-- > 1;) {
    unsigned critical = 0;
    const int rc = gnutls_x509_crt_get_name_constraints(
        path[i], raw, GNUTLS_EXT_FLAG_APPEND, &critical);
    if (rc != 0 && rc != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return false;
    any = any || rc == 0;
  }
  if (!any || dns_name.empty()) return true;
  const auto name = datum(base::as_bytes(dns_name));
  return gnutls_x509_name_constraints_check(raw, GNUTLS_SAN_DNSNAME, &name) != 0;
}

base::Bytes certificate_for_key(base::ByteView subject, base::ByteView spki) {
  using der::encode;
  const auto version =
      encode(der::constructed(0), {encode(der::kInteger, {oid::make(2)})});
  const auto serial = encode(der::kInteger, {oid::make(1)});
  const auto algorithm = encode(der::kSequence, {encode(der::kOid, {oid::kSha256Ecdsa})});
  const auto begin = encode(der::kUtcTime, {base::as_bytes("500101000000Z")});
  const auto end = encode(der::kGeneralizedTime, {base::as_bytes("99991231235959Z")});
  const auto validity = encode(der::kSequence, {begin, end});
  const auto extensions =
      encode(der::constructed(3), {encode(der::kSequence, {basic_constraints()})});
  const auto tbs = encode(der::kSequence, {version, serial, algorithm, subject, validity,
                                           subject, spki, extensions});
  const auto signature = encode(der::kBitString, {oid::make(0, 0)});
  return encode(der::kSequence, {tbs, algorithm, signature});
}

}  // namespace verify::x509

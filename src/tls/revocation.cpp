#include "src/tls/revocation.h"

#include <gnutls/x509.h>

#include <span>

namespace tls {
namespace {

struct CertificateFree {
  void operator()(gnutls_x509_crt_int* one) const { gnutls_x509_crt_deinit(one); }
};
using Certificate = std::unique_ptr<gnutls_x509_crt_int, CertificateFree>;

/// GnuTLS reads the octets and has no const for them.
gnutls_datum_t datum(base::ByteView octets) {
  return {reinterpret_cast<unsigned char*>(const_cast<std::byte*>(octets.data())),
          static_cast<unsigned>(octets.size())};
}

tl::unexpected<base::Error> unusable(std::string why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(why));
}

std::vector<Certificate> read_authorities(const std::string& pem) {
  const gnutls_datum_t text = datum(base::as_bytes(pem));
  gnutls_x509_crt_t* raw = nullptr;
  unsigned count = 0;
  std::vector<Certificate> out;
  if (gnutls_x509_crt_list_import2(&raw, &count, &text, GNUTLS_X509_FMT_PEM, 0) < 0) {
    return out;
  }
  for (unsigned i = 0; i < count; ++i) out.emplace_back(raw[i]);
  gnutls_free(raw);
  return out;
}

std::string issuer_of(gnutls_x509_crl_t list) {
  gnutls_datum_t name{};
  if (gnutls_x509_crl_get_issuer_dn3(list, &name, 0) != 0) return "an authority";
  std::string out(reinterpret_cast<const char*>(name.data), name.size);
  gnutls_free(name.data);
  return base::printable(out, base::kName);
}

bool is_signed_by(gnutls_x509_crl_t list, const std::vector<Certificate>& authorities) {
  std::vector<gnutls_x509_crt_t> raw;
  raw.reserve(authorities.size());
  for (const Certificate& one : authorities) raw.push_back(one.get());
  unsigned status = 0;
  const int rc =
      gnutls_x509_crl_verify(list, raw.data(), static_cast<int>(raw.size()), 0, &status);
  // That it is old is said when it matters.
  constexpr unsigned kAge = GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED |
                            GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE;
  return rc == 0 && (status & ~(kAge | GNUTLS_CERT_INVALID)) == 0;
}

/// Whether the certificate is one of those that the list is about.
bool is_about(gnutls_x509_crl_t list, gnutls_x509_crt_t certificate) {
  gnutls_datum_t issuer{};
  gnutls_datum_t named{};
  const bool known = gnutls_x509_crl_get_raw_issuer_dn(list, &issuer) == 0 &&
                     gnutls_x509_crt_get_raw_issuer_dn(certificate, &named) == 0;
  const bool same =
      known && base::equal(std::as_bytes(std::span(issuer.data, issuer.size)),
                           std::as_bytes(std::span(named.data, named.size)));
  gnutls_free(issuer.data);
  gnutls_free(named.data);
  return same;
}

}  // namespace

void Revocations::Free::operator()(gnutls_x509_crl_int* list) const {
  gnutls_x509_crl_deinit(list);
}

base::Result<Revocations> Revocations::read(const std::string& lists,
                                            const std::string& authorities) {
  const gnutls_datum_t text = datum(base::as_bytes(lists));
  gnutls_x509_crl_t* raw = nullptr;
  unsigned count = 0;
  const int rc =
      gnutls_x509_crl_list_import2(&raw, &count, &text, GNUTLS_X509_FMT_PEM, 0);
  if (rc < 0) return unusable(gnutls_strerror(rc));
  Revocations out;
  for (unsigned i = 0; i < count; ++i) out.lists_.emplace_back(raw[i]);
  gnutls_free(raw);
  if (out.lists_.empty())
    return unusable("there is no list of revoked certificates in it");
  const auto signers = read_authorities(authorities);
  for (const auto& list : out.lists_) {
    if (is_signed_by(list.get(), signers)) continue;
    return unusable("none of the authorities has signed the list of " +
                    issuer_of(list.get()));
  }
  return out;
}

std::optional<std::string> Revocations::objection(const verify::Certificates& chain,
                                                  std::chrono::sys_seconds now) const {
  for (const base::Bytes& der : chain) {
    gnutls_x509_crt_t raw = nullptr;
    gnutls_x509_crt_init(&raw);
    const Certificate certificate(raw);
    const gnutls_datum_t octets = datum(der);
    if (gnutls_x509_crt_import(raw, &octets, GNUTLS_X509_FMT_DER) != 0) {
      return "a certificate cannot be looked up in the lists of revoked ones";
    }
    for (const auto& list : lists_) {
      if (!is_about(list.get(), raw)) continue;
      gnutls_x509_crl_t one = list.get();
      if (gnutls_x509_crt_check_revocation(raw, &one, 1) != 0) {
        return "the certificate has been revoked";
      }
      const auto until = gnutls_x509_crl_get_next_update(one);
      if (until != static_cast<time_t>(-1) &&
          now > std::chrono::sys_seconds(std::chrono::seconds(until))) {
        return "the list of certificates that " + issuer_of(one) +
               " has revoked is out of date";
      }
    }
  }
  return std::nullopt;
}

}  // namespace tls

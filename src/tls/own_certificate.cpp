#include "src/tls/own_certificate.h"

#include <gnutls/gnutls.h>

namespace tls {

namespace {

/// GnuTLS's own words name neither a key that is missing nor one that is locked.
std::string why_not(int rc, const OwnCertificate& own) {
  const bool same = own.key_file.empty() || own.key_file == own.file;
  switch (rc) {
    case GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE:
      return same ? "there is no private key in it; a file of its own may have it"
                  : "a certificate or a key is not there";
    case GNUTLS_E_DECRYPTION_FAILED:
      return own.key_password.empty() ? "the key is encrypted, and no password was given"
                                      : "the password does not open the key";
    default:
      return gnutls_strerror(rc);
  }
}

}  // namespace

Credentials empty_credentials() {
  gnutls_certificate_credentials_t raw = nullptr;
  gnutls_certificate_allocate_credentials(&raw);
  return {raw, gnutls_certificate_free_credentials};
}

base::Result<Credentials> load_credentials(const OwnCertificate& own) {
  Credentials credentials = empty_credentials();
  if (own.file.empty()) return credentials;
  const std::string& key = own.key_file.empty() ? own.file : own.key_file;
  const int rc = gnutls_certificate_set_x509_key_file2(
      credentials.get(), own.file.c_str(), key.c_str(), GNUTLS_X509_FMT_PEM,
      own.key_password.empty() ? nullptr : own.key_password.c_str(), 0);
  if (rc >= 0) return credentials;
  return base::fail(base::ErrorKind::usage, base::Code::bad_certificate_file,
                    "unable to load certificate " + own.file + " with key " + key + ": " +
                        why_not(rc, own));
}

base::Result<void> check_own_certificate(const OwnCertificate& own) {
  if (own.file.empty()) return {};
  return load_credentials(own).map([](const Credentials&) {});
}

}  // namespace tls

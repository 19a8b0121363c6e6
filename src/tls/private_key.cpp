#include "src/tls/private_key.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <array>
#include <span>

namespace tls {
namespace {

using KeyId = std::array<unsigned char, 32>;

/// GnuTLS reads the octets and has no const for them.
gnutls_datum_t datum(base::ByteView octets) {
  return {reinterpret_cast<unsigned char*>(const_cast<std::byte*>(octets.data())),
          static_cast<unsigned>(octets.size())};
}

struct PublicKey {
  PublicKey() { gnutls_pubkey_init(&key); }
  ~PublicKey() { gnutls_pubkey_deinit(key); }
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;

  [[nodiscard]] bool id(KeyId& out) const {
    std::size_t size = out.size();
    return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, out.data(), &size) == 0;
  }

  gnutls_pubkey_t key = nullptr;
};

/// Whether a hash has the octets that its algorithm makes: GnuTLS takes any, and for
/// RSA-PSS reads what stands in memory behind one that is too short. For PKCS #1 v1.5 it
/// gives the hash with the algorithm's name around it, and looks at the size.
bool is_whole_hash(base::ByteView hash, gnutls_sign_algorithm_t algorithm) {
  if (algorithm == GNUTLS_SIGN_RSA_RAW) return true;
  const auto made_by = gnutls_sign_get_hash_algorithm(algorithm);
  return !hash.empty() && hash.size() == gnutls_hash_get_len(made_by);
}

std::string why_not(int rc, const std::string& password) {
  switch (rc) {
    case GNUTLS_E_DECRYPTION_FAILED:
      return password.empty() ? "the key is encrypted, and no password was given"
                              : "the password does not open the key";
    case GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE:
    case GNUTLS_E_BASE64_UNEXPECTED_HEADER_ERROR:
      return "there is no private key in it";
    default:
      return gnutls_strerror(rc);
  }
}

}  // namespace

void PrivateKey::Free::operator()(gnutls_privkey_st* key) const {
  gnutls_privkey_deinit(key);
}

base::Result<PrivateKey> PrivateKey::read(std::string_view pem,
                                          const std::string& password) {
  gnutls_privkey_t raw = nullptr;
  gnutls_privkey_init(&raw);
  PrivateKey out(raw);
  const gnutls_datum_t text = datum(base::as_bytes(pem));
  const int rc = gnutls_privkey_import_x509_raw(
      raw, &text, GNUTLS_X509_FMT_PEM, password.empty() ? nullptr : password.c_str(), 0);
  if (rc == 0) return out;
  return base::fail(base::ErrorKind::usage, base::Code::bad_certificate_file,
                    why_not(rc, password));
}

bool PrivateKey::fits(base::ByteView certificate) const {
  gnutls_pcert_st shown{};
  const gnutls_datum_t der = datum(certificate);
  if (gnutls_pcert_import_x509_raw(&shown, &der, GNUTLS_X509_FMT_DER, 0) != 0) {
    return false;
  }
  const PublicKey own;
  KeyId ours{};
  KeyId theirs{};
  std::size_t size = theirs.size();
  const bool is_known = gnutls_pubkey_import_privkey(own.key, key_.get(), 0, 0) == 0 &&
                        own.id(ours) &&
                        gnutls_pubkey_get_key_id(shown.pubkey, GNUTLS_KEYID_USE_SHA256,
                                                 theirs.data(), &size) == 0;
  gnutls_pcert_deinit(&shown);
  return is_known && ours == theirs;
}

base::Result<base::Bytes> PrivateKey::sign(const SigningRequest& request) const {
  const gnutls_datum_t octets = datum(request.octets);
  const auto algorithm = static_cast<gnutls_sign_algorithm_t>(request.algorithm);
  gnutls_datum_t signature{};
  if (request.is_hash && !is_whole_hash(request.octets, algorithm)) {
    return base::fail(base::ErrorKind::internal, base::Code::tls,
                      "the hash to be signed is none of this algorithm");
  }
  const int rc = request.is_hash
                     ? gnutls_privkey_sign_hash2(key_.get(), algorithm, request.flags,
                                                 &octets, &signature)
                     : gnutls_privkey_sign_data2(key_.get(), algorithm, request.flags,
                                                 &octets, &signature);
  if (rc != 0) {
    return base::fail(base::ErrorKind::internal, base::Code::tls, gnutls_strerror(rc));
  }
  const base::ByteView view = std::as_bytes(std::span(signature.data, signature.size));
  base::Bytes out(view.begin(), view.end());
  gnutls_free(signature.data);
  return out;
}

}  // namespace tls

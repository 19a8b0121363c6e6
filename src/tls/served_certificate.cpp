// GnuTLS asks a private key of this kind what it can do, and calls back for a signature:
// the key itself may be in another process.
#include "src/tls/served_certificate.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include <cstring>
#include <string>

namespace tls {
namespace {

tl::unexpected<base::Error> unusable(int rc) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_certificate_file,
                    gnutls_strerror(rc));
}

/// A key that is elsewhere. GnuTLS owns it.
struct RemoteKey {
  Signer* signer;
  std::uint32_t number;
  int algorithm;  // gnutls_pk_algorithm_t
  int bits;
};

int sign(RemoteKey& key, unsigned algorithm, unsigned flags, bool is_hash,
         const gnutls_datum_t* octets, gnutls_datum_t* signature) {
  const auto made =
      key.signer->sign({key.number, algorithm, flags, is_hash,
                        std::as_bytes(std::span(octets->data, octets->size))});
  if (!made || made->empty()) return GNUTLS_E_PK_SIGN_FAILED;
  signature->data = static_cast<unsigned char*>(gnutls_malloc(made->size()));
  if (signature->data == nullptr) return GNUTLS_E_MEMORY_ERROR;
  std::memcpy(signature->data, made->data(), made->size());
  signature->size = static_cast<unsigned>(made->size());
  return 0;
}

// No exception may pass through GnuTLS.
int on_sign_data(gnutls_privkey_t /*key*/, gnutls_sign_algorithm_t algorithm, void* user,
                 unsigned flags, const gnutls_datum_t* data,
                 gnutls_datum_t* signature) noexcept {
  return sign(*static_cast<RemoteKey*>(user), algorithm, flags, false, data, signature);
}

int on_sign_hash(gnutls_privkey_t /*key*/, gnutls_sign_algorithm_t algorithm, void* user,
                 unsigned flags, const gnutls_datum_t* hash,
                 gnutls_datum_t* signature) noexcept {
  return sign(*static_cast<RemoteKey*>(user), algorithm, flags, true, hash, signature);
}

void on_free(gnutls_privkey_t /*key*/, void* user) noexcept {
  delete static_cast<RemoteKey*>(user);
}

int on_question(gnutls_privkey_t /*key*/, unsigned flags, void* user) noexcept {
  const auto& key = *static_cast<RemoteKey*>(user);
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO) != 0) return key.algorithm;
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS) != 0) return key.bits;
  if ((flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) != 0) {
    const auto algorithm = GNUTLS_FLAGS_TO_SIGN_ALGO(flags);
    const auto kind = static_cast<gnutls_pk_algorithm_t>(key.algorithm);
    return gnutls_sign_supports_pk_algorithm(
               static_cast<gnutls_sign_algorithm_t>(algorithm), kind) != 0
               ? 1
               : 0;
  }
  return -1;
}

/// The certificates of a chain in GnuTLS's form, which takes them over.
base::Result<std::vector<gnutls_pcert_st>> read_chain(const ServedChain& chain) {
  std::vector<gnutls_pcert_st> out;
  for (const base::Bytes& der : chain.certificates) {
    // GnuTLS reads the octets and has no const for them.
    const gnutls_datum_t datum = {
        reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data())),
        static_cast<unsigned>(der.size())};
    gnutls_pcert_st one{};
    if (const int rc = gnutls_pcert_import_x509_raw(&one, &datum, GNUTLS_X509_FMT_DER, 0);
        rc != 0) {
      for (gnutls_pcert_st& before : out) gnutls_pcert_deinit(&before);
      return unusable(rc);
    }
    out.push_back(one);
  }
  return out;
}

base::Result<void> add(gnutls_certificate_credentials_t credentials,
                       const ServedChain& chain, Signer& signer) {
  auto shown = read_chain(chain);
  if (!shown) return tl::unexpected(shown.error());
  if (shown->empty()) return unusable(GNUTLS_E_CERTIFICATE_ERROR);
  unsigned bits = 0;
  const int kind = gnutls_pubkey_get_pk_algorithm(shown->front().pubkey, &bits);
  gnutls_privkey_t key = nullptr;
  gnutls_privkey_init(&key);
  auto* remote = new RemoteKey{&signer, chain.key, kind, static_cast<int>(bits)};
  int rc = gnutls_privkey_import_ext4(key, remote, on_sign_data, on_sign_hash, nullptr,
                                      on_free, on_question,
                                      GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
  if (rc == 0) {
    rc = gnutls_certificate_set_key(credentials, nullptr, 0, shown->data(),
                                    static_cast<int>(shown->size()), key);
  }
  if (rc >= 0) return {};
  for (gnutls_pcert_st& one : *shown) gnutls_pcert_deinit(&one);
  return unusable(rc);
}

}  // namespace

base::Result<Credentials> served_credentials(std::span<const ServedChain> chains,
                                             Signer& signer,
                                             const std::string& authorities) {
  Credentials out = empty_credentials();
  // For clients of TLS 1.2 that name no group of RFC 7919.
  gnutls_certificate_set_known_dh_params(out.get(), GNUTLS_SEC_PARAM_MEDIUM);
  // That a key fits its chain is known to whoever has the key.
  gnutls_certificate_set_flags(out.get(), GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  for (const ServedChain& chain : chains) {
    if (auto added = add(out.get(), chain, signer); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (authorities.empty()) return out;
  std::string text = authorities;
  const gnutls_datum_t pem = {reinterpret_cast<unsigned char*>(text.data()),
                              static_cast<unsigned>(text.size())};
  const int rc =
      gnutls_certificate_set_x509_trust_mem(out.get(), &pem, GNUTLS_X509_FMT_PEM);
  if (rc < 0) return unusable(rc);
  return out;
}

}  // namespace tls

// Which keys a handshake can be held with is the TLS library's affair, and yet part of
// the judgement: a certificate that matches its record to the last octet proves nobody
// when no signature of its key can be checked. It stands here so that a file and a live
// peer are judged alike. GnuTLS 3.7 and 3.8 know an elliptic curve by its name alone and
// a point in full alone; OpenSSL reads the other forms too, and mail systems that stand
// on it deliver.

#include "verify/tls_key.h"

#include <gnutls/abstract.h>

#include <memory>
#include <type_traits>

#include "verify/curve.h"
#include "verify/extensions.h"
#include "verify/key.h"

namespace verify {
namespace {

struct FreeKey {
  void operator()(gnutls_pubkey_t key) const noexcept { gnutls_pubkey_deinit(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<gnutls_pubkey_t>, FreeKey>;

constexpr const char* kOtherKind =
    "no signature by the peer's key can be checked: it is not RSA, ECDSA on P-256, P-384 "
    "or P-521, Ed25519 or Ed448";

bool is_known_curve(gnutls_pubkey_t key) {
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
  if (gnutls_pubkey_export_ecc_raw2(key, &curve, nullptr, nullptr, 0) != 0) return false;
  return curve == GNUTLS_ECC_CURVE_SECP256R1 || curve == GNUTLS_ECC_CURVE_SECP384R1 ||
         curve == GNUTLS_ECC_CURVE_SECP521R1;
}

}  // namespace

bool is_tls_key(base::ByteView spki) {
  gnutls_pubkey_t raw = nullptr;
  if (gnutls_pubkey_init(&raw) != 0) return false;
  const Key key(raw);
  // GnuTLS only reads from it, but its type has no const.
  auto* data = const_cast<std::byte*>(spki.data());
  const gnutls_datum_t input{reinterpret_cast<unsigned char*>(data),
                             static_cast<unsigned>(spki.size())};
  if (gnutls_pubkey_import(raw, &input, GNUTLS_X509_FMT_DER) != 0) return false;
  switch (gnutls_pubkey_get_pk_algorithm(raw, nullptr)) {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
    case GNUTLS_PK_EDDSA_ED25519:
    case GNUTLS_PK_EDDSA_ED448:
      return true;
    case GNUTLS_PK_ECDSA:
      return is_known_curve(raw);
    default:
      return false;
  }
}

std::optional<base::Bytes> tls_key(base::ByteView spki) {
  if (is_tls_key(spki)) return base::Bytes(spki.begin(), spki.end());
  auto named = with_named_curve(spki);
  return named && is_tls_key(*named) ? std::move(named) : std::nullopt;
}

std::optional<std::string> unsupported_key(base::ByteView spki) {
  return tls_key(spki) ? costly_key(spki) : std::optional<std::string>(kOtherKind);
}

std::optional<std::string> unsupported_raw_key(base::ByteView spki) {
  return is_tls_key(spki) ? costly_key(spki) : std::optional<std::string>(kOtherKind);
}

bool may_sign_handshakes(base::ByteView certificate) {
  const auto parsed = parse_certificate(certificate);
  if (!parsed) return true;
  const auto usage = read_extensions(*parsed).key_usage;
  return !usage || (*usage & kDigitalSignature) != 0;
}

}  // namespace verify

// Which signatures count.
//
// What is accepted here is what a client of ours accepts in a live handshake, and no
// more: the key is one that a handshake is held with (verify/tls_key.h), small enough to
// compute with (verify/key.h), and it is asked before the library is. GnuTLS does not
// mind whether an RSA key is called by the scheme for RSA or for RSASSA-PSS keys (RFC
// 8446 4.2.3); here each scheme has its kind of key, so that one signature has one
// meaning.
#include "src/evidence/handshake_signature.h"

#include <gnutls/crypto.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "src/evidence/gnutls_key.h"
#include "verify/certificate.h"
#include "verify/key.h"
#include "verify/tls_key.h"

namespace evidence {
namespace {

/// A signature scheme, as GnuTLS calls it in each version; unknown: not in that one.
struct Scheme {
  std::uint16_t number;
  gnutls_pk_algorithm_t key;
  gnutls_sign_algorithm_t tls12;
  gnutls_sign_algorithm_t tls13;
};

constexpr auto kNone = GNUTLS_SIGN_UNKNOWN;

// In TLS 1.2 a scheme of ECDSA names a hash alone, in TLS 1.3 the curve too.
constexpr std::array<Scheme, 16> kSchemes = {{
    {0x0201, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA1, kNone},
    {0x0203, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA1, kNone},
    {0x0401, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA256, kNone},
    {0x0501, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA384, kNone},
    {0x0601, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA512, kNone},
    {0x0403, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA256,
     GNUTLS_SIGN_ECDSA_SECP256R1_SHA256},
    {0x0503, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA384,
     GNUTLS_SIGN_ECDSA_SECP384R1_SHA384},
    {0x0603, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA512,
     GNUTLS_SIGN_ECDSA_SECP521R1_SHA512},
    {0x0804, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256,
     GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
    {0x0805, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384,
     GNUTLS_SIGN_RSA_PSS_RSAE_SHA384},
    {0x0806, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512,
     GNUTLS_SIGN_RSA_PSS_RSAE_SHA512},
    {0x0807, GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519,
     GNUTLS_SIGN_EDDSA_ED25519},
    {0x0808, GNUTLS_PK_EDDSA_ED448, GNUTLS_SIGN_EDDSA_ED448, GNUTLS_SIGN_EDDSA_ED448},
    {0x0809, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA256, GNUTLS_SIGN_RSA_PSS_SHA256},
    {0x080a, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA384, GNUTLS_SIGN_RSA_PSS_SHA384},
    {0x080b, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA512, GNUTLS_SIGN_RSA_PSS_SHA512},
}};

constexpr unsigned kSha1Rsa = 0x0201;
constexpr unsigned kSha1Ecdsa = 0x0203;
constexpr std::size_t kStrongRsaBits = 2048;

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_evidence, std::move(detail));
}

GnutlsKey import(base::ByteView spki) {
  GnutlsKey key = empty_gnutls_key();
  const gnutls_datum_t input = gnutls_datum(spki);
  if (!key || gnutls_pubkey_import(key.get(), &input, GNUTLS_X509_FMT_DER) != 0) {
    return nullptr;
  }
  return key;
}

gnutls_sign_algorithm_t algorithm(std::uint16_t scheme, TlsVersion protocol,
                                  gnutls_pubkey_t key) {
  const auto* row = std::ranges::find(kSchemes, scheme, &Scheme::number);
  if (row == kSchemes.end()) return kNone;
  if (gnutls_pubkey_get_pk_algorithm(key, nullptr) != static_cast<int>(row->key)) {
    return kNone;
  }
  return protocol == TlsVersion::tls13 ? row->tls13 : row->tls12;
}

}  // namespace

base::Bytes digest(TranscriptHash hash, base::ByteView octets) {
  const auto algorithm =
      hash == TranscriptHash::sha256 ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA384;
  base::Bytes out(gnutls_hash_get_len(algorithm));
  // A GnuTLS without SHA-2 cannot exist; were it so, no signature may be right.
  if (gnutls_hash_fast(algorithm, octets.data(), octets.size(), out.data()) != 0) {
    std::abort();
  }
  return out;
}

base::Result<base::Bytes> signing_key(const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    if (const auto why = verify::unsupported_raw_key(raw->spki)) return bad(*why);
    return raw->spki;
  }
  const auto& sent = std::get<verify::Certificates>(chain);
  const auto leaf = sent.empty() ? std::nullopt : verify::parse_certificate(sent.front());
  if (!leaf) return bad("the leaf is not a certificate");
  if (const auto why = verify::unsupported_key(leaf->spki)) return bad(*why);
  auto key = verify::tls_key(leaf->spki);
  if (!key) return bad("the leaf's key cannot be read");
  return std::move(*key);
}

base::Result<void> check_signature(base::ByteView key, TlsVersion protocol,
                                   const HandshakeSignature& signature,
                                   base::ByteView content) {
  if (const auto why = verify::costly_key(key)) return bad(*why);
  const GnutlsKey own = import(key);
  if (!own) return bad("the leaf's key cannot be read");
  const auto scheme = algorithm(signature.scheme, protocol, own.get());
  if (scheme == kNone) return bad("a key of this kind does not sign by such a scheme");
  const gnutls_datum_t signed_octets = gnutls_datum(content);
  const gnutls_datum_t made = gnutls_datum(signature.octets);
  // `weakness` says so where it is SHA-1.
  const int rc = gnutls_pubkey_verify_data2(own.get(), scheme, GNUTLS_VERIFY_ALLOW_BROKEN,
                                            &signed_octets, &made);
  return rc < 0 ? bad("the server's signature is not right") : base::Result<void>();
}

std::optional<std::string> weakness(std::uint16_t scheme, base::ByteView key) {
  if (scheme == kSha1Rsa || scheme == kSha1Ecdsa) return "signed with SHA-1";
  const auto rsa = verify::rsa_key(key);
  if (!rsa || rsa->modulus_bits >= kStrongRsaBits) return std::nullopt;
  return "RSA key of " + std::to_string(rsa->modulus_bits) + " bits";
}

}  // namespace evidence

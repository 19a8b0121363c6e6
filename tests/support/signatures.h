// Whether a signature is one: GnuTLS looks at it with the public key alone.
#pragma once

#include <gnutls/abstract.h>

#include <string>
#include <string_view>

#include "src/tls/private_key.h"
#include "tests/support/certificates.h"

namespace support {

/// The key of `support::Key` as our own type.
[[nodiscard]] inline tls::PrivateKey private_key(const Key& key) {
  return std::move(*tls::PrivateKey::read(key_pem(key), ""));
}

/// Whether `signature` is that key's signature of `data`.
[[nodiscard]] inline bool is_signed(const Key& key, gnutls_sign_algorithm_t algorithm,
                                    base::ByteView data, base::ByteView signature) {
  const auto datum = [](base::ByteView octets) {
    return gnutls_datum_t{
        reinterpret_cast<unsigned char*>(const_cast<std::byte*>(octets.data())),
        static_cast<unsigned>(octets.size())};
  };
  const base::Bytes spki = spki_of(key);
  const gnutls_datum_t shown = datum(spki), said = datum(data), made = datum(signature);
  gnutls_pubkey_t pubkey = nullptr;
  gnutls_pubkey_init(&pubkey);
  const bool out = gnutls_pubkey_import(pubkey, &shown, GNUTLS_X509_FMT_DER) == 0 &&
                   gnutls_pubkey_verify_data2(pubkey, algorithm, 0, &said, &made) >= 0;
  gnutls_pubkey_deinit(pubkey);
  return out;
}

}  // namespace support

#include "src/evidence/ed448.h"

#include "src/evidence/gnutls_key.h"

namespace evidence {

bool is_ed448_signature(base::ByteView public_key, base::ByteView octets,
                        base::ByteView signature) {
  const GnutlsKey key = empty_gnutls_key();
  const gnutls_datum_t point = gnutls_datum(public_key), message = gnutls_datum(octets),
                       made = gnutls_datum(signature);
  if (!key || gnutls_pubkey_import_ecc_raw(key.get(), GNUTLS_ECC_CURVE_ED448, &point,
                                           nullptr) != 0) {
    return false;
  }
  return gnutls_pubkey_verify_data2(key.get(), GNUTLS_SIGN_EDDSA_ED448, 0, &message,
                                    &made) >= 0;
}

}  // namespace evidence

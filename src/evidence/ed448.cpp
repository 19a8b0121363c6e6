#include "src/evidence/ed448.h"

#include <gnutls/abstract.h>

#include <memory>
#include <type_traits>

namespace evidence {
namespace {

struct FreeKey {
  void operator()(gnutls_pubkey_t key) const { gnutls_pubkey_deinit(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<gnutls_pubkey_t>, FreeKey>;

// GnuTLS reads the octets and has no const for them.
gnutls_datum_t datum(base::ByteView octets) {
  return {reinterpret_cast<unsigned char*>(const_cast<std::byte*>(octets.data())),
          static_cast<unsigned>(octets.size())};
}

}  // namespace

bool is_ed448_signature(base::ByteView public_key, base::ByteView octets,
                        base::ByteView signature) {
  gnutls_pubkey_t raw = nullptr;
  if (gnutls_pubkey_init(&raw) != GNUTLS_E_SUCCESS) return false;
  const Key key(raw);
  const gnutls_datum_t point = datum(public_key), message = datum(octets),
                       made = datum(signature);
  if (gnutls_pubkey_import_ecc_raw(raw, GNUTLS_ECC_CURVE_ED448, &point, nullptr) != 0) {
    return false;
  }
  return gnutls_pubkey_verify_data2(raw, GNUTLS_SIGN_EDDSA_ED448, 0, &message, &made) >=
         0;
}

}  // namespace evidence

#pragma once

#include <gnutls/abstract.h>

#include <memory>
#include <type_traits>

#include "src/base/bytes.h"

namespace evidence {

struct FreeGnutlsKey {
  void operator()(gnutls_pubkey_t key) const noexcept { gnutls_pubkey_deinit(key); }
};
/// A public key as GnuTLS has it.
using GnutlsKey = std::unique_ptr<std::remove_pointer_t<gnutls_pubkey_t>, FreeGnutlsKey>;

/// One that is to be read into; null if there is no memory for it.
[[nodiscard]] inline GnutlsKey empty_gnutls_key() {
  gnutls_pubkey_t key = nullptr;
  return GnutlsKey(gnutls_pubkey_init(&key) == GNUTLS_E_SUCCESS ? key : nullptr);
}

/// Octets for GnuTLS, which reads them and has no const for that.
[[nodiscard]] inline gnutls_datum_t gnutls_datum(base::ByteView octets) {
  return {reinterpret_cast<unsigned char*>(const_cast<std::byte*>(octets.data())),
          static_cast<unsigned>(octets.size())};
}

}  // namespace evidence

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "src/base/bytes.h"
#include "src/base/error.h"

struct gnutls_privkey_st;  // GnuTLS's private key

namespace tls {

/// What a handshake wants signed.
struct SigningRequest {
  std::uint32_t key = 0;        ///< which of the keys, by number
  std::uint32_t algorithm = 0;  ///< gnutls_sign_algorithm_t
  std::uint32_t flags = 0;      ///< of GnuTLS's signing functions
  bool is_hash = false;         ///< `octets` are a hash already
  base::ByteView octets;
};

/// A private key that signs.
class PrivateKey {
 public:
  /// A key in PEM, under a password or not. Error kind `usage`, code
  /// `bad_certificate_file`.
  [[nodiscard]] static base::Result<PrivateKey> read(std::string_view pem,
                                                     const std::string& password);

  /// Whether the certificate (DER) holds the public half of it.
  [[nodiscard]] bool fits(base::ByteView certificate) const;
  /// The signature. Error kind `internal`, code `tls`.
  [[nodiscard]] base::Result<base::Bytes> sign(const SigningRequest& request) const;

 private:
  struct Free {
    void operator()(gnutls_privkey_st* key) const;
  };
  explicit PrivateKey(gnutls_privkey_st* key) : key_(key) {}

  std::unique_ptr<gnutls_privkey_st, Free> key_;
};

}  // namespace tls

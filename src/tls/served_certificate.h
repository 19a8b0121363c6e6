#pragma once

#include <memory>
#include <span>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/tls/own_certificate.h"
#include "src/tls/private_key.h"

namespace tls {

/// Whoever signs for a handshake: the private keys are with somebody else.
class Signer {
 public:
  virtual ~Signer() = default;
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  /// The signature.
  [[nodiscard]] virtual base::Result<base::Bytes> sign(const SigningRequest& request) = 0;

 protected:
  Signer() = default;
};

/// What a server shows: a chain (DER each, leaf first), and the number of its key.
struct ServedChain {
  std::vector<base::Bytes> certificates;
  std::uint32_t key = 0;

  [[nodiscard]] bool operator==(const ServedChain&) const = default;
};

/// Credentials with these chains, of which GnuTLS takes the first that the client can
/// check; `signer` must outlive them. The `authorities` (PEM) are named to clients that
/// are asked for a certificate; empty: none. Error kind `usage`, code
/// `bad_certificate_file`.
[[nodiscard]] base::Result<Credentials> served_credentials(
    std::span<const ServedChain> chains, Signer& signer, const std::string& authorities);

}  // namespace tls

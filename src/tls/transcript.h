#pragma once

#include <cstddef>
#include <vector>

#include "src/base/bytes.h"

namespace tls {

/// Who sent a handshake message.
enum class Sender { client, server };

/// The handshake messages from the first ClientHello to the one in which the server
/// signs: CertificateVerify in TLS 1.3 (RFC 8446 4.4.3), ServerKeyExchange in TLS 1.2
/// (RFC 5246 7.4.3). With them anybody can check that signature later. Nothing in them is
/// secret.
class Transcript {
 public:
  /// Notes a message as it stands on the wire but for its header of four octets. `type`
  /// is GnuTLS's number of it. What the signature does not need is left out.
  void add(Sender sender, unsigned type, base::ByteView body);
  /// The messages with their headers, in order. Fewer where the handshake broke off or
  /// the server signs nothing; none where they came to more than is kept.
  [[nodiscard]] const std::vector<base::Bytes>& messages() const { return messages_; }

 private:
  [[nodiscard]] bool wants(Sender sender, unsigned type) const;

  std::vector<base::Bytes> messages_;
  std::size_t octets_ = 0;
  bool ended_ = false;
};

}  // namespace tls

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/evidence/bundle.h"
#include "verify/chain.h"

/// Handshake messages of TLS, taken apart as far as a proof needs them. Each function
/// reads the body of one, without its header, to its last octet, and gives nothing for
/// one that is not laid out as its RFC says. Views are into that body.
namespace evidence {

/// The version of TLS that a server chose.
enum class TlsVersion : std::uint16_t { tls12 = 0x0303, tls13 = 0x0304 };

/// A message with its header (RFC 8446 4).
struct Message {
  std::uint8_t type = 0;
  base::ByteView body;
  base::ByteView whole;
};
[[nodiscard]] std::optional<Message> read_message(base::ByteView octets);

/// What a server shows itself with (RFC 7250).
enum class ShownAs { certificates, raw_key };

/// What a client says (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
struct ClientHello {
  Octets32 random{};
  std::string server_name;  ///< as sent (RFC 6066 3): one of printable ASCII, or empty
  bool takes_raw_keys = false;
  bool resumes = false;  ///< a pre-shared key or early data are offered
};
[[nodiscard]] std::optional<ClientHello> read_client_hello(base::ByteView body);

/// What a server answers (RFC 8446 4.1.3, RFC 5246 7.4.1.3).
struct ServerHello {
  Octets32 random{};
  TlsVersion protocol = TlsVersion::tls12;
  std::uint16_t suite = 0;
  std::optional<std::uint16_t> group;     ///< of its key share
  bool is_retry = false;                  ///< a HelloRetryRequest (RFC 8446 4.1.4)
  bool resumes = false;                   ///< a pre-shared key is used
  ShownAs shown = ShownAs::certificates;  ///< in TLS 1.2
};
[[nodiscard]] std::optional<ServerHello> read_server_hello(base::ByteView body);

/// EncryptedExtensions (RFC 8446 4.3.1).
struct MoreExtensions {
  ShownAs shown = ShownAs::certificates;
  bool takes_early_data = false;  ///< of a session that is taken up again
};
[[nodiscard]] std::optional<MoreExtensions> read_encrypted_extensions(
    base::ByteView body);

/// Whether this is a CertificateRequest of TLS 1.3 (RFC 8446 4.3.2), and whether it is a
/// CertificateStatus (RFC 6066 8).
[[nodiscard]] bool is_certificate_request(base::ByteView body);
[[nodiscard]] bool is_certificate_status(base::ByteView body);

/// What a Certificate message has (RFC 8446 4.4.2, RFC 5246 7.4.2, RFC 7250 3): one
/// certificate or more, or one key.
[[nodiscard]] std::optional<verify::Chain> read_certificate(base::ByteView body,
                                                            TlsVersion protocol,
                                                            ShownAs shown);

/// A signature, and by which scheme (RFC 8446 4.2.3) it was made.
struct HandshakeSignature {
  std::uint16_t scheme = 0;
  base::ByteView octets;
};
/// CertificateVerify (RFC 8446 4.4.3).
[[nodiscard]] std::optional<HandshakeSignature> read_certificate_verify(
    base::ByteView body);

/// A server's share of the key exchange in TLS 1.2, signed (RFC 5246 7.4.3, RFC 8422
/// 5.4).
struct KeyExchange {
  base::ByteView parameters;           ///< what is signed behind the randoms
  std::optional<std::uint16_t> group;  ///< the named curve, if it is one
  HandshakeSignature signature;
};
/// Nothing also for a suite in which the server signs no key exchange.
[[nodiscard]] std::optional<KeyExchange> read_key_exchange(base::ByteView body,
                                                           std::uint16_t suite);

}  // namespace evidence

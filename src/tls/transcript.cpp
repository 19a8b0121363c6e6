// What is kept, and what is not.
//
// In TLS 1.3 the server signs a hash of every message from the first ClientHello on: all
// of them are kept, in their order, octet for octet. GnuTLS tells of a HelloRetryRequest
// by a number of its own; on the wire it is a ServerHello (RFC 8446 4.1.4), and so it is
// hashed. In TLS 1.2 the server signs the two randoms and its share of the key exchange
// (RFC 5246 7.4.3): of the rest only what it shows of itself is kept. A
// CertificateRequest stands there behind the signature, or in a handshake without one.
//
// The peer has a part in how long this gets: a message may have 128 KiB. More than an
// honest handshake needs is not kept at all, for a part of it proves nothing.
#include "src/tls/transcript.h"

#include <gnutls/gnutls.h>

#include <algorithm>

namespace tls {
namespace {

constexpr std::size_t kMostOctets = std::size_t{256} * 1024;
constexpr std::size_t kHeader = 4;

unsigned type_on_wire(unsigned type) {
  if (type == GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST) return GNUTLS_HANDSHAKE_SERVER_HELLO;
  return type;
}

base::Bytes with_header(unsigned type, base::ByteView body) {
  base::Bytes out;
  out.reserve(kHeader + body.size());
  for (const std::size_t octet : {static_cast<std::size_t>(type), body.size() >> 16U,
                                  body.size() >> 8U, body.size()}) {
    out.push_back(static_cast<std::byte>(octet & 0xffU));
  }
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

bool is_type(const base::Bytes& message, unsigned type) {
  return message.front() == static_cast<std::byte>(type);
}

bool is_signature(unsigned type) {
  return type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY ||
         type == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE;
}

}  // namespace

bool Transcript::wants(Sender sender, unsigned type) const {
  if (sender == Sender::client) return type == GNUTLS_HANDSHAKE_CLIENT_HELLO;
  switch (type) {
    case GNUTLS_HANDSHAKE_SERVER_HELLO:
    case GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS:
    case GNUTLS_HANDSHAKE_CERTIFICATE_PKT:
    case GNUTLS_HANDSHAKE_CERTIFICATE_STATUS:
      return true;
    case GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST:  // nothing else says that it is TLS 1.3
      return std::ranges::any_of(messages_, [](const base::Bytes& one) {
        return is_type(one, GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS);
      });
    default:
      return is_signature(type);
  }
}

void Transcript::add(Sender sender, unsigned type, base::ByteView body) {
  type = type_on_wire(type);
  if (ended_ || !wants(sender, type)) return;
  octets_ += kHeader + body.size();
  ended_ = is_signature(type) || octets_ > kMostOctets;
  if (octets_ > kMostOctets) {
    messages_.clear();
    return;
  }
  messages_.push_back(with_header(type, body));
}

}  // namespace tls

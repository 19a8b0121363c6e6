// What a server's signature says, long after the connection is gone.
//
// In TLS 1.3 the server signs a hash of all messages up to its Certificate (RFC
// 8446 4.4.3): our random, the name that we asked for, what it answered, what it showed.
// In TLS 1.2 it signs the two randoms and its share of the key exchange (RFC 5246 7.4.3):
// its key had a part in this, and of nothing else is there a proof.
//
// A session that is taken up again has no such signature, only a key that both ends know,
// and so whoever writes a bundle can make it up. It is refused where it is offered: our
// own hellos never do.
//
// No signature of one kind passes for one of another: that of TLS 1.3 begins with 64
// spaces, where one of TLS 1.2 has the client's random, and ours is a hash.
#include "src/evidence/handshake_proof.h"

#include "src/evidence/handshake_signature.h"
#include "src/evidence/suite.h"

namespace evidence {
namespace {

using base::ByteView;
using Step = base::Result<void>;

constexpr std::uint8_t kClientHello = 1;  // RFC 8446 B.3, RFC 5246 A.4
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kEncryptedExtensions = 8;
constexpr std::uint8_t kCertificate = 11;
constexpr std::uint8_t kServerKeyExchange = 12;
constexpr std::uint8_t kCertificateRequest = 13;
constexpr std::uint8_t kCertificateVerify = 15;
constexpr std::uint8_t kCertificateStatus = 22;
constexpr std::uint8_t kMessageHash = 254;

constexpr std::size_t kSpaces = 64;
constexpr std::string_view kContext = "TLS 1.3, server CertificateVerify";

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_evidence, std::move(detail));
}

void add(base::Bytes& out, ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

/// A walk over the messages from the first to the last.
class Walk {
 public:
  explicit Walk(std::span<const base::Bytes> messages) : messages_(messages) {}

  /// All of it.
  base::Result<HandshakeProof> run();

 private:
  Step hellos();
  Step client_hello(ByteView body);
  Step second_hello();
  Step server_hello(ByteView body);
  Step rest_of_tls12();
  Step rest_of_tls13();
  Step certificate();
  Step certificate_verify(ByteView body);
  Step key_exchange(ByteView body);
  Step conclude(const HandshakeSignature& signature, ByteView content, Bound bound);
  [[nodiscard]] base::Bytes signed_in_tls13() const;

  /// The body of the next message if it is of this type; then it is taken.
  std::optional<ByteView> next(std::uint8_t type);
  [[nodiscard]] bool at_end() const { return at_ == messages_.size(); }

  std::span<const base::Bytes> messages_;
  std::size_t at_ = 0;
  HandshakeProof out_;
  Octets32 server_random_{};
  bool takes_raw_keys_ = false;
  bool retried_ = false;
  bool answered_ = false;  // by a ServerHello that is no retry
  ShownAs shown_ = ShownAs::certificates;
};

std::optional<ByteView> Walk::next(std::uint8_t type) {
  if (at_end()) return std::nullopt;
  const auto message = read_message(messages_[at_]);
  if (!message || message->type != type) return std::nullopt;
  ++at_;
  return message->body;
}

base::Result<HandshakeProof> Walk::run() {
  if (auto read = hellos(); !read) return tl::unexpected(read.error());
  if (answered_) {
    auto read = out_.protocol == TlsVersion::tls13 ? rest_of_tls13() : rest_of_tls12();
    if (!read) return tl::unexpected(read.error());
  }
  if (!at_end()) return bad("a handshake message that has no place there");
  return std::move(out_);
}

// Hellos

Step Walk::hellos() {
  const auto hello = next(kClientHello);
  if (!hello) return bad("a handshake does not begin with a ClientHello");
  if (auto read = client_hello(*hello); !read) return read;
  const auto answer = next(kServerHello);
  return answer ? server_hello(*answer) : Step();
}

Step Walk::client_hello(ByteView body) {
  auto hello = read_client_hello(body);
  if (!hello) return bad("a ClientHello is malformed");
  if (hello->resumes) return bad("a ClientHello takes up an earlier session");
  // A second one says the same but for its share (RFC 8446 4.1.2).
  if (retried_ &&
      (hello->random != out_.client_random || hello->server_name != out_.server_name ||
       hello->takes_raw_keys != takes_raw_keys_)) {
    return bad("two hellos of one handshake contradict each other");
  }
  out_.client_random = hello->random;
  out_.server_name = std::move(hello->server_name);
  takes_raw_keys_ = hello->takes_raw_keys;
  return {};
}

Step Walk::second_hello() {
  if (retried_) return bad("a server asks for a third hello");
  retried_ = true;
  const auto hello = next(kClientHello);
  if (!hello) return {};
  if (auto read = client_hello(*hello); !read) return read;
  const auto answer = next(kServerHello);
  return answer ? server_hello(*answer) : Step();
}

Step Walk::server_hello(ByteView body) {
  const auto hello = read_server_hello(body);
  if (!hello) return bad("a ServerHello is malformed");
  if (hello->resumes) return bad("a server takes up an earlier session");
  // The suite stays the same (RFC 8446 4.1.4), and with it the version.
  if (retried_ && (out_.protocol != hello->protocol || out_.suite != hello->suite)) {
    return bad("two hellos of one handshake contradict each other");
  }
  out_.protocol = hello->protocol;
  out_.suite = hello->suite;
  out_.group = hello->group;
  if (hello->is_retry) return second_hello();
  answered_ = true;
  server_random_ = hello->random;
  shown_ = hello->shown;
  return {};
}

// What the server shows

Step Walk::certificate() {
  const auto body = next(kCertificate);
  if (!body) return {};
  if (shown_ == ShownAs::raw_key && !takes_raw_keys_) {
    return bad("a server shows a raw key, which nobody asked for");
  }
  auto chain = read_certificate(*body, *out_.protocol, shown_);
  if (!chain) return bad("a Certificate message is malformed");
  out_.chain = std::move(*chain);
  return {};
}

Step Walk::rest_of_tls13() {
  const auto extensions = next(kEncryptedExtensions);
  if (!extensions) return {};
  const auto more = read_encrypted_extensions(*extensions);
  if (!more) return bad("EncryptedExtensions are malformed");
  if (more->takes_early_data) return bad("a server takes early data");
  shown_ = more->shown;
  if (const auto request = next(kCertificateRequest)) {
    if (!is_certificate_request(*request))
      return bad("a CertificateRequest is malformed");
  }
  const std::size_t before = at_;
  if (auto read = certificate(); !read || at_ == before) return read;
  const auto body = next(kCertificateVerify);
  return body ? certificate_verify(*body) : Step();
}

Step Walk::rest_of_tls12() {
  const std::size_t before = at_;
  if (auto read = certificate(); !read || at_ == before) return read;
  if (const auto status = next(kCertificateStatus)) {
    if (!is_certificate_status(*status)) return bad("a CertificateStatus is malformed");
  }
  const auto body = next(kServerKeyExchange);
  return body ? key_exchange(*body) : Step();
}

// What it signs

Step Walk::conclude(const HandshakeSignature& signature, ByteView content, Bound bound) {
  const auto key = signing_key(out_.chain);
  if (!key) return tl::unexpected(key.error());
  if (auto right = check_signature(*key, *out_.protocol, signature, content); !right) {
    return right;
  }
  out_.scheme = signature.scheme;
  out_.weak = weakness(signature.scheme, *key);
  out_.bound = bound;
  return {};
}

/// The messages that the signature covers, hashed; a first hello that was answered by a
/// retry stands there as its own hash (RFC 8446 4.4.1).
base::Bytes Walk::signed_in_tls13() const {
  const TranscriptHash hash = *hash_in(*out_.suite);
  base::Bytes octets;
  auto covered = messages_.first(at_ - 1);
  if (retried_) {
    const base::Bytes first = digest(hash, covered.front());
    for (const std::size_t octet :
         {std::size_t{kMessageHash}, std::size_t{0}, std::size_t{0}, first.size()}) {
      octets.push_back(static_cast<std::byte>(octet));
    }
    add(octets, first);
    covered = covered.subspan(1);
  }
  for (const base::Bytes& message : covered) add(octets, message);
  base::Bytes out(kSpaces, std::byte{' '});
  add(out, base::as_bytes(kContext));
  out.push_back(std::byte{0});
  add(out, digest(hash, octets));
  return out;
}

Step Walk::certificate_verify(ByteView body) {
  const auto signature = read_certificate_verify(body);
  if (!signature) return bad("a CertificateVerify is malformed");
  if (!hash_in(*out_.suite)) return bad("the cipher suite is none of TLS 1.3");
  return conclude(*signature, signed_in_tls13(), Bound::all);
}

Step Walk::key_exchange(ByteView body) {
  const auto exchange = read_key_exchange(body, *out_.suite);
  if (!exchange) return bad("a ServerKeyExchange is malformed, or has no place there");
  out_.group = exchange->group;
  base::Bytes content(out_.client_random.begin(), out_.client_random.end());
  add(content, server_random_);
  add(content, exchange->parameters);
  return conclude(exchange->signature, content, Bound::key);
}

}  // namespace

base::Result<HandshakeProof> prove_handshake(std::span<const base::Bytes> messages) {
  return Walk(messages).run();
}

bool ends_signed(std::span<const base::Bytes> messages) {
  constexpr std::byte kServerKeyExchange{12}, kCertificateVerify{15};
  if (messages.empty() || messages.back().empty()) return false;
  const std::byte last = messages.back().front();
  return last == kServerKeyExchange || last == kCertificateVerify;
}

}  // namespace evidence

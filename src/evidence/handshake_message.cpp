// What is read strictly, and what is let pass.
//
// The octets come from whoever wrote a bundle. Each length is that of what it is the
// length of, each message ends where its last field ends, and no extension stands there
// twice (RFC 8446 4.2), so that two readers cannot see two things in one message. Numbers
// that nobody knows yet, of suites, groups and extensions, are none of our business: they
// are signed as they are (RFC 8446 4.4.1).
#include "src/evidence/handshake_message.h"

#include <algorithm>
#include <map>

#include "src/evidence/suite.h"
#include "src/evidence/wire_reader.h"

namespace evidence {
namespace {

using base::ByteView;

constexpr std::uint16_t kServerName = 0;              // RFC 6066 3
constexpr std::uint16_t kServerCertificateType = 20;  // RFC 7250 3
constexpr std::uint16_t kPreSharedKey = 41;           // RFC 8446 4.2.11
constexpr std::uint16_t kEarlyData = 42;              // RFC 8446 4.2.10
constexpr std::uint16_t kSupportedVersions = 43;      // RFC 8446 4.2.1
constexpr std::uint16_t kKeyShare = 51;               // RFC 8446 4.2.8

constexpr std::byte kRawPublicKey{2};
constexpr std::byte kX509{0};
constexpr std::size_t kMostNameOctets = 255;
constexpr std::size_t kMostSessionIdOctets = 32;

/// The random of a HelloRetryRequest: SHA-256 of that word (RFC 8446 4.1.3).
constexpr std::array<unsigned char, 32> kRetry = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

using Extensions = std::map<std::uint16_t, ByteView>;

/// The extensions in a block that fills `block`; nothing where one stands there twice.
std::optional<Extensions> read_extensions(ByteView block) {
  Extensions out;
  WireReader reader(block);
  while (!reader.at_end()) {
    const auto type = static_cast<std::uint16_t>(reader.number(2));
    if (!out.emplace(type, reader.vector(2)).second) return std::nullopt;
  }
  return reader.is_whole() ? std::optional(std::move(out)) : std::nullopt;
}

/// The extensions at the end of a hello, which may have none.
std::optional<Extensions> read_last_extensions(WireReader& reader) {
  const auto block = reader.at_end() ? ByteView() : reader.vector(2);
  return reader.is_whole() ? read_extensions(block) : std::nullopt;
}

const ByteView* find(const Extensions& extensions, std::uint16_t type) {
  const auto found = extensions.find(type);
  return found == extensions.end() ? nullptr : &found->second;
}

Octets32 read_random(WireReader& reader) {
  Octets32 out{};
  const ByteView octets = reader.take(out.size());
  std::ranges::copy(octets, out.begin());
  return out;
}

bool is_name_octet(std::byte octet) {
  return octet > std::byte{0x20} && octet < std::byte{0x7f};
}

/// There is no type of name but host_name, and no more than one name of a type (RFC 6066
/// 3).
std::optional<std::string> read_server_name(ByteView data) {
  WireReader outer(data);
  WireReader list(outer.vector(2));
  const auto type = list.number(1);
  const ByteView name = list.vector(2);
  if (!outer.is_whole() || !list.is_whole() || type != 0) return std::nullopt;
  if (name.empty() || name.size() > kMostNameOctets) return std::nullopt;
  if (!std::ranges::all_of(name, is_name_octet)) return std::nullopt;
  return std::string(base::as_text(name));
}

/// Whether a client takes raw keys; nothing where its list is none.
std::optional<bool> read_types(ByteView data) {
  WireReader reader(data);
  const ByteView types = reader.vector(1);
  if (!reader.is_whole() || types.empty()) return std::nullopt;
  return std::ranges::find(types, kRawPublicKey) != types.end();
}

/// What a server says that it shows; certificates where it says nothing.
std::optional<ShownAs> read_type(const Extensions& extensions) {
  const ByteView* data = find(extensions, kServerCertificateType);
  if (data == nullptr) return ShownAs::certificates;
  if (data->size() != 1) return std::nullopt;
  if (data->front() == kRawPublicKey) return ShownAs::raw_key;
  return data->front() == kX509 ? std::optional(ShownAs::certificates) : std::nullopt;
}

/// What a server says of its version behind the one that old clients read.
std::optional<TlsVersion> read_version(const Extensions& extensions) {
  const ByteView* data = find(extensions, kSupportedVersions);
  if (data == nullptr) return TlsVersion::tls12;
  WireReader reader(*data);
  const bool is13 = reader.number(2) == static_cast<std::uint16_t>(TlsVersion::tls13);
  return is13 && reader.is_whole() ? std::optional(TlsVersion::tls13) : std::nullopt;
}

/// Reads a server's key share into `out`: in a retry the group alone, in a hello of TLS
/// 1.3 there is one unless a pre-shared key is all.
bool read_key_share(const Extensions& extensions, ServerHello& out) {
  const ByteView* data = find(extensions, kKeyShare);
  if (data == nullptr) return out.is_retry || out.resumes;
  WireReader reader(*data);
  out.group = static_cast<std::uint16_t>(reader.number(2));
  const bool is_full = out.is_retry || !reader.vector(2).empty();
  return is_full && reader.is_whole();
}

bool read_server_extensions(const Extensions& extensions, ServerHello& out) {
  const auto protocol = read_version(extensions);
  if (!protocol) return false;
  out.protocol = *protocol;
  if (out.protocol == TlsVersion::tls13) {
    out.resumes = extensions.contains(kPreSharedKey);
    return read_key_share(extensions, out);
  }
  const auto shown = read_type(extensions);
  if (!shown) return false;
  out.shown = *shown;
  return !out.is_retry;
}

bool is_version(std::uint32_t number) {
  return number == static_cast<std::uint16_t>(TlsVersion::tls12);
}

std::optional<verify::Chain> read_list(ByteView list, TlsVersion protocol) {
  verify::Certificates out;
  WireReader reader(list);
  while (!reader.at_end()) {
    const ByteView one = reader.vector(3);
    if (one.empty()) return std::nullopt;
    if (protocol == TlsVersion::tls13) (void)reader.vector(2);
    out.emplace_back(one.begin(), one.end());
  }
  if (!reader.is_whole() || out.empty()) return std::nullopt;
  return out;
}

HandshakeSignature read_signature(WireReader& reader) {
  const auto scheme = static_cast<std::uint16_t>(reader.number(2));
  return {scheme, reader.vector(2)};
}

/// The size of a server's parameters at the front of `body`; 0 where they are none.
std::size_t parameters_size(ByteView body, Exchange exchange) {
  constexpr std::uint32_t kNamedCurve = 3;
  WireReader reader(body);
  bool good = true;
  std::size_t size = 0;
  if (exchange == Exchange::ecdhe) {
    good = reader.number(1) == kNamedCurve;
    (void)reader.number(2);
    const auto point = reader.vector(1);
    good = good && !point.empty();
    size = 4 + point.size();
  } else {
    for (int i = 0; i < 3; ++i) {  // prime, generator, the server's value
      const auto number = reader.vector(2);
      good = good && !number.empty();
      size += 2 + number.size();
    }
  }
  return good ? size : 0;
}

}  // namespace

std::optional<Message> read_message(ByteView octets) {
  WireReader reader(octets);
  Message out;
  out.type = static_cast<std::uint8_t>(reader.number(1));
  out.body = reader.vector(3);
  out.whole = octets;
  return reader.is_whole() ? std::optional(out) : std::nullopt;
}

std::optional<ClientHello> read_client_hello(ByteView body) {
  WireReader reader(body);
  const bool known = is_version(reader.number(2));
  ClientHello out;
  out.random = read_random(reader);
  const bool good_id = reader.vector(1).size() <= kMostSessionIdOctets;
  const ByteView suites = reader.vector(2);
  const ByteView compressions = reader.vector(1);
  const auto extensions = read_last_extensions(reader);
  if (!extensions || !known || !good_id || compressions.empty()) return std::nullopt;
  if (suites.empty() || suites.size() % 2 != 0) return std::nullopt;
  out.resumes = extensions->contains(kPreSharedKey) || extensions->contains(kEarlyData);
  if (const ByteView* data = find(*extensions, kServerName)) {
    auto name = read_server_name(*data);
    if (!name) return std::nullopt;
    out.server_name = std::move(*name);
  }
  if (const ByteView* data = find(*extensions, kServerCertificateType)) {
    const auto raw_keys = read_types(*data);
    if (!raw_keys) return std::nullopt;
    out.takes_raw_keys = *raw_keys;
  }
  return out;
}

std::optional<ServerHello> read_server_hello(ByteView body) {
  WireReader reader(body);
  const bool known = is_version(reader.number(2));
  ServerHello out;
  out.random = read_random(reader);
  out.is_retry = base::equal(out.random, std::as_bytes(std::span(kRetry)));
  const bool good_id = reader.vector(1).size() <= kMostSessionIdOctets;
  out.suite = static_cast<std::uint16_t>(reader.number(2));
  const bool is_plain = reader.number(1) == 0;  // not compressed
  const auto extensions = read_last_extensions(reader);
  if (!extensions || !known || !good_id || !is_plain) return std::nullopt;
  return read_server_extensions(*extensions, out) ? std::optional(out) : std::nullopt;
}

std::optional<MoreExtensions> read_encrypted_extensions(ByteView body) {
  WireReader reader(body);
  const ByteView block = reader.vector(2);
  if (!reader.is_whole()) return std::nullopt;
  const auto extensions = read_extensions(block);
  if (!extensions) return std::nullopt;
  const auto shown = read_type(*extensions);
  if (!shown) return std::nullopt;
  return MoreExtensions{*shown, extensions->contains(kEarlyData)};
}

bool is_certificate_request(ByteView body) {
  WireReader reader(body);
  (void)reader.vector(1);  // a context, which a handshake leaves empty
  const ByteView block = reader.vector(2);
  return reader.is_whole() && read_extensions(block).has_value();
}

bool is_certificate_status(ByteView body) {
  WireReader reader(body);
  (void)reader.number(1);  // which kind of status
  const ByteView response = reader.vector(3);
  return reader.is_whole() && !response.empty();
}

std::optional<verify::Chain> read_certificate(ByteView body, TlsVersion protocol,
                                              ShownAs shown) {
  WireReader reader(body);
  const bool is13 = protocol == TlsVersion::tls13;
  const bool has_context = is13 && !reader.vector(1).empty();
  const ByteView list = reader.vector(3);
  if (!reader.is_whole() || has_context || list.empty()) return std::nullopt;
  if (shown == ShownAs::raw_key && !is13) {  // it has no list (RFC 7250 3)
    return verify::RawPublicKey{{list.begin(), list.end()}};
  }
  auto out = read_list(list, protocol);
  if (!out || shown == ShownAs::certificates) return out;
  auto& keys = std::get<verify::Certificates>(*out);
  if (keys.size() != 1) return std::nullopt;
  return verify::RawPublicKey{std::move(keys.front())};
}

std::optional<HandshakeSignature> read_certificate_verify(ByteView body) {
  WireReader reader(body);
  const HandshakeSignature out = read_signature(reader);
  return reader.is_whole() ? std::optional(out) : std::nullopt;
}

std::optional<KeyExchange> read_key_exchange(ByteView body, std::uint16_t suite) {
  const Exchange exchange = exchange_in(suite);
  if (exchange == Exchange::not_signed) return std::nullopt;
  const std::size_t size = parameters_size(body, exchange);
  if (size == 0 || size > body.size()) return std::nullopt;
  KeyExchange out;
  out.parameters = body.first(size);
  if (exchange == Exchange::ecdhe) {
    WireReader curve(out.parameters.subspan(1));
    out.group = static_cast<std::uint16_t>(curve.number(2));
  }
  WireReader rest(body.subspan(size));
  out.signature = read_signature(rest);
  return rest.is_whole() ? std::optional(out) : std::nullopt;
}

}  // namespace evidence

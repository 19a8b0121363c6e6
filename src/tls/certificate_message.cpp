#include "src/tls/certificate_message.h"

#include <algorithm>

#include "verify/certificate.h"
#include "verify/stand_in.h"
#include "verify/tls_key.h"

namespace tls {
namespace {

using base::ByteView;

tl::unexpected<base::Error> unsupported_key(std::string detail) {
  return base::fail(base::ErrorKind::temporary, base::Code::unsupported_key,
                    std::move(detail));
}

tl::unexpected<base::Error> bad_certificate(std::string detail) {
  return base::fail(base::ErrorKind::temporary, base::Code::bad_certificate,
                    std::move(detail));
}

/// A vector behind its length (RFC 8446 3.4), which is taken off the front of `rest`.
std::optional<ByteView> take_vector(ByteView& rest, std::size_t length_octets) {
  if (rest.size() < length_octets) return std::nullopt;
  std::size_t length = 0;
  for (const std::byte octet : rest.first(length_octets)) {
    length = length << 8U | std::to_integer<std::size_t>(octet);
  }
  rest = rest.subspan(length_octets);
  if (rest.size() < length) return std::nullopt;
  const ByteView out = rest.first(length);
  rest = rest.subspan(length);
  return out;
}

void put_length(std::span<std::byte> into, std::size_t length) {
  into[0] = static_cast<std::byte>(length >> 16U);
  into[1] = static_cast<std::byte>(length >> 8U);
  into[2] = static_cast<std::byte>(length);
}

/// In TLS 1.3 GnuTLS looks at nothing behind the leaf.
bool reads_all(Layout layout, const verify::Certificates& sent) {
  const auto read = [](const base::Bytes& der) { return verify::is_readable(der); };
  return layout == Layout::tls13 ? read(sent.front()) : std::ranges::all_of(sent, read);
}

/// The whole body as a list of this one certificate.
bool write_alone(std::span<std::byte> body, Layout layout, ByteView key) {
  const std::size_t before = layout == Layout::tls13 ? 1 : 0;  // an empty context
  const std::size_t behind = layout == Layout::tls13 ? 2 : 0;  // no extensions
  const std::size_t around = before + 3 + 3 + behind;
  if (body.size() <= around) return false;
  const base::Bytes only = verify::stand_in(key, body.size() - around);
  if (only.empty()) return false;
  std::ranges::fill(body, std::byte{0});
  put_length(body.subspan(before), body.size() - before - 3);
  put_length(body.subspan(before + 3), only.size());
  std::ranges::copy(only, body.begin() + static_cast<std::ptrdiff_t>(before + 6));
  return true;
}

}  // namespace

std::optional<verify::Certificates> read_certificate_message(ByteView body,
                                                             Layout layout) {
  if (layout == Layout::tls13) {
    const auto context = take_vector(body, 1);
    if (!context || !context->empty()) return std::nullopt;
  }
  auto list = take_vector(body, 3);
  if (!list || !body.empty()) return std::nullopt;
  verify::Certificates out;
  while (!list->empty()) {
    const auto der = take_vector(*list, 3);
    if (!der) return std::nullopt;
    if (layout == Layout::tls13 && !take_vector(*list, 2)) return std::nullopt;
    out.emplace_back(der->begin(), der->end());
  }
  return out;
}

base::Result<Reading> make_readable(std::span<std::byte> body, Layout layout,
                                    const verify::Certificates& sent) {
  if (sent.empty()) return Reading::plain;
  const auto leaf = verify::parse_certificate(sent.front());
  const bool readable = reads_all(layout, sent);
  if (!leaf && verify::is_readable(sent.front())) return Reading::plain;
  if (!leaf) return bad_certificate("the leaf is not a certificate");
  if (auto why = verify::unsupported_key(leaf->spki)) return unsupported_key(*why);
  if (readable) return Reading::plain;
  const auto key = verify::tls_key(leaf->spki);
  if (key && write_alone(body, layout, *key)) return Reading::stood_in;
  return bad_certificate("the leaf cannot be read");
}

std::optional<base::Bytes> read_raw_key_message(ByteView body, Layout layout) {
  if (layout == Layout::tls12) {
    const auto key = take_vector(body, 3);
    if (!key || !body.empty()) return std::nullopt;
    return base::Bytes(key->begin(), key->end());
  }
  auto sent = read_certificate_message(body, layout);
  if (!sent || sent->size() != 1) return std::nullopt;
  return std::move(sent->front());
}

base::Result<void> check_raw_key(ByteView spki) {
  if (auto why = verify::unsupported_raw_key(spki)) return unsupported_key(*why);
  return {};
}

}  // namespace tls

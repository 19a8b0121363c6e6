#include "src/tls/client_hello.h"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <span>

namespace tls {
namespace {

constexpr unsigned kServerName = 0;          // RFC 6066 1.1
constexpr unsigned kSupportedGroups = 10;    // RFC 8422 5.1.1
constexpr unsigned kSupportedVersions = 43;  // RFC 8446 4.2.1
constexpr unsigned kDnssecChain = 59;        // RFC 9102 2.1
constexpr std::size_t kMostNameOctets = 253;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

std::string host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string out = base::lower(text);
  if (out.size() > kMostNameOctets || !std::ranges::all_of(out, is_host_character)) {
    return {};
  }
  return out;
}

std::size_t number_at(base::ByteView octets, std::size_t at) {
  return std::to_integer<std::size_t>(octets[at]) * 256 +
         std::to_integer<std::size_t>(octets[at + 1]);
}

/// The one name of a ServerNameList: its length, then a type, a length and the name.
/// There is no type but host_name, and only one name of a type (RFC 6066 3).
std::string name_in(base::ByteView list) {
  constexpr std::size_t kBefore = 5;
  if (list.size() < kBefore || list[2] != std::byte{0}) return {};
  const std::size_t size = number_at(list, 3);
  if (list.size() < kBefore + size) return {};
  return host_name(base::as_text(list.subspan(kBefore, size)));
}

/// A list of numbers behind its length in octets.
std::vector<std::uint16_t> numbers_in(base::ByteView list) {
  std::vector<std::uint16_t> out;
  if (list.size() < 2) return out;
  const std::size_t end = std::min(list.size(), 2 + number_at(list, 0));
  for (std::size_t at = 2; at + 2 <= end; at += 2) {
    out.push_back(static_cast<std::uint16_t>(number_at(list, at)));
  }
  return out;
}

int on_extension(void* context, unsigned type, const unsigned char* data, unsigned size) {
  auto& out = *static_cast<ClientHello*>(context);
  const base::ByteView octets = std::as_bytes(std::span(data, size));
  if (type == kServerName) out.server_name = name_in(octets);
  if (type == kSupportedGroups) out.groups = numbers_in(octets);
  if (type == kSupportedVersions) out.has_versions = true;
  if (type == kDnssecChain && octets.size() == 2) {
    out.chain_port = static_cast<std::uint16_t>(number_at(octets, 0));
  }
  return 0;
}

}  // namespace

ClientHello read_client_hello(base::ByteView body) {
  // GnuTLS reads the octets and has no const for them.
  const gnutls_datum_t message = {
      reinterpret_cast<unsigned char*>(const_cast<std::byte*>(body.data())),
      static_cast<unsigned>(body.size())};
  ClientHello out;
  const int rc = gnutls_ext_raw_parse(&out, on_extension, &message,
                                      GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
  return rc == 0 ? out : ClientHello();
}

}  // namespace tls

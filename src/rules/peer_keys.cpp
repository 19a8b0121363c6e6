// Under which keys a rule for a peer may stand.
//
// Three families of tcprules are in use, and each writes what its own tcpserver looks up.
// Bernstein's (Debian: ucspi-tcp) takes the part of a line before its first colon for the
// key, so that it knows IPv4 alone; in 1.2.3.4-7 and 10.2-3. it writes a key for each
// number. Leitner's (Debian: ucspi-tcp-ipv6) takes the part before the last colon, so
// that `2001:db8::deny` has the key `2001:db8:`, a prefix that ends in a colon.
// Hoffmann's (ucspi-tcp6, for ucspi-ssl) turns an IPv6 address into eight groups of four
// capital figures, and a block into its bits behind `_` (IPv4) or `^` (IPv6). The order
// is theirs: where two of them know a kind of key, they look for it at the same place.
//
// Debian's two write `10.0.0.0/8`, `fe80::/10` or `2001:DB8::1` as they stand and find
// them for no peer: without a word, a `deny` does not deny. What such a key is for is
// plain, so it counts here, behind all that tcpserver finds by the address: no rule that
// tcpserver takes from an address gives way to one that it passes by.
#include "src/rules/peer_keys.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/bytes.h"

namespace rules {
namespace {

constexpr std::size_t kGroups = 8;
constexpr std::size_t kMostHost = 255;  // octets of a name (RFC 1035 2.3.4)

using Keys = std::vector<std::string>;
using Groups = std::array<unsigned, kGroups>;

Groups groups_of(const net::Address& address) {
  Groups out{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    out[i] = std::to_integer<unsigned>(address.octets[2 * i]) << 8U |
             std::to_integer<unsigned>(address.octets[2 * i + 1]);
  }
  return out;
}

struct Run {
  std::size_t first = 0;
  std::size_t length = 0;
};

/// The longest run of groups that are zero, the first of several; of length 0 if none is.
Run longest_zeros(const Groups& groups) {
  Run out, now;
  for (std::size_t i = 0; i < kGroups; ++i) {
    now = groups[i] != 0 ? Run{i + 1, 0} : Run{now.first, now.length + 1};
    if (now.length > out.length) out = now;
  }
  return out;
}

void add_figures(std::string& out, unsigned group) {
  constexpr int kHexadecimal = 16;
  std::array<char, 4> figures{};
  const auto end = std::to_chars(figures.begin(), figures.end(), group, kHexadecimal).ptr;
  out.append(figures.begin(), end);
}

/// The text of an address that tcpserver looks up. A single group of zeros becomes `::`
/// too, which RFC 5952 4.2.2 does not want: 2001:db8:0:1:2:3:4:5 is 2001:db8::1:2:3:4:5.
std::string text_of(const net::Address& address) {
  if (address.family == net::Family::v4) return net::to_text(address);
  const Groups groups = groups_of(address);
  const Run zeros = longest_zeros(groups);
  std::string out;
  for (std::size_t i = 0; i < kGroups;) {
    if (zeros.length > 0 && i == zeros.first) {
      out += i == 0 ? "::" : ":";
      i += zeros.length;
      continue;
    }
    add_figures(out, groups[i]);
    if (++i < kGroups) out += ':';
  }
  return out;
}

/// The key of an IPv6 address in Hoffmann's files: eight groups of four capital figures.
std::string in_full(const net::Address& address) {
  constexpr std::size_t kFigures = 4;
  const std::string figures = base::to_hex(address.bytes());
  std::string out;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const char figure = figures[i];
    if (i > 0 && i % kFigures == 0) out += ':';
    out += figure >= 'a' ? static_cast<char>(figure - 'a' + 'A') : figure;
  }
  return out;
}

/// All bits of an address in Hoffmann's files, where a key has as many of them as its
/// block. A zero is `0`. A one is, for IPv4, the letter or figure of its place (10. is
/// `_0000e0g0`), and for IPv6 the next octet from ` on (fe80::/10 is "^`abcdef0g0").
std::string bits_of(const net::Address& address) {
  constexpr std::string_view kPlaces = "abcdefghijklmnopqrstuvwxyz123456";
  const bool v4 = address.family == net::Family::v4;
  std::string out(1, v4 ? '_' : '^');
  std::size_t place = 0;
  unsigned ones = 0;
  for (const std::byte octet : address.bytes()) {
    for (unsigned bit = 8; bit-- > 0; ++place) {
      const bool one = (octet >> bit & std::byte{1}) != std::byte{0};
      out += !one ? '0' : v4 ? kPlaces[place] : static_cast<char>('`' + ones++);
    }
  }
  return out;
}

/// Prefixes that end in a dot or colon, the longest first.
void add_prefixes(Keys& out, std::string_view text) {
  for (; !text.empty(); text.remove_suffix(1)) {
    if (text.back() == '.' || text.back() == ':') out.emplace_back(text);
  }
}

/// Bits of blocks, the longest first.
void add_bits(Keys& out, const net::Address& address) {
  const std::string bits = bits_of(address);
  for (std::size_t size = bits.size(); size > 1; --size) {
    out.push_back(bits.substr(0, size));
  }
}

void add_narrowest(Keys& out, const net::Address& address,
                   std::span<const BlockKey> blocks) {
  const BlockKey* narrowest = nullptr;
  for (const BlockKey& each : blocks) {
    if (narrowest != nullptr && each.block.bits <= narrowest->block.bits) continue;
    if (net::contains(each.block, address)) narrowest = &each;
  }
  if (narrowest != nullptr) out.push_back(narrowest->key);
}

void add_domains(Keys& out, std::string_view host) {
  for (std::size_t dot = host.find('.'); dot != std::string_view::npos;
       dot = host.find('.', dot + 1)) {
    out.push_back("=" + std::string(host.substr(dot)));
  }
  out.emplace_back("=");
}

/// The name as tcpserver has it from the DNS, in lower case and without a dot at its end;
/// empty if it is not known, or too long for a name.
std::string host_of(const Peer& peer) {
  std::string_view name = peer.host ? std::string_view(*peer.host) : std::string_view();
  if (name.ends_with('.')) name.remove_suffix(1);
  return name.size() > kMostHost ? std::string() : base::lower(name);
}

}  // namespace

std::optional<net::AddressBlock> written_block(std::string_view key) {
  // An IPv4 address alone has one spelling, which is found as it stands.
  if (key.find_first_of("/:") == std::string_view::npos) return std::nullopt;
  return net::parse_block(key);
}

std::vector<std::string> keys_of(const Peer& peer, std::span<const BlockKey> blocks) {
  const net::Address address = net::unmapped(peer.address);
  const std::string text = text_of(address), shown = net::to_text(address);
  const std::string host = host_of(peer);
  Keys spellings = {text};
  if (address.family == net::Family::v6) spellings.push_back(in_full(address));

  Keys out;
  if (peer.info) {
    for (const std::string& each : spellings) out.push_back(*peer.info + "@" + each);
    if (shown != text) out.push_back(*peer.info + "@" + shown);
    if (!host.empty()) out.push_back(*peer.info + "@=" + host);
  }
  out.insert(out.end(), spellings.begin(), spellings.end());
  if (!host.empty()) out.push_back("=" + host);
  add_prefixes(out, text);
  add_bits(out, address);
  if (shown != text) {  // as programs and logs have the address, RFC 5952 4
    out.push_back(shown);
    add_prefixes(out, shown);
  }
  add_narrowest(out, address, blocks);
  if (!host.empty()) add_domains(out, host);
  out.emplace_back();
  return out;
}

}  // namespace rules

#include "src/base/special_address.h"

#include <algorithm>
#include <charconv>

// The registries of IANA for special purposes (RFC 6890, as of RFC 9637 and RFC 9602),
// whoever their addresses lead to from here: all that is not "globally reachable", and
// multicast. Of IPv6 only 2000::/3 has ever been given to hosts; everything else is
// refused but the prefix of NAT64, whose addresses are those of IPv4 hosts.
namespace net {
namespace {

/// An address and how many of its bits count.
struct Network {
  Address first;
  unsigned bits = 0;
};

constexpr std::array<std::string_view, 44> kSpecial = {
    "0.0.0.0/8",        // this network, and this host (RFC 791 3.2)
    "10.0.0.0/8",       // private (RFC 1918)
    "100.64.0.0/10",    // shared with a carrier (RFC 6598)
    "127.0.0.0/8",      // loopback (RFC 1122 3.2.1.3)
    "169.254.0.0/16",   // link-local (RFC 3927)
    "172.16.0.0/12",    // private (RFC 1918)
    "192.0.0.0/24",     // protocol assignments (RFC 6890 2.1)
    "192.0.2.0/24",     // documentation (RFC 5737)
    "192.88.99.0/24",   // 6to4 relays, given up (RFC 7526)
    "192.168.0.0/16",   // private (RFC 1918)
    "198.18.0.0/15",    // benchmarks (RFC 2544)
    "198.51.100.0/24",  // documentation (RFC 5737)
    "203.0.113.0/24",   // documentation (RFC 5737)
    "224.0.0.0/4",      // multicast (RFC 5771)
    "240.0.0.0/4",      // reserved, and limited broadcast (RFC 1112 4, RFC 919 7)
    "::/8",             // unspecified, loopback, IPv4-compatible, IPv4-mapped (RFC 4291)
    "100::/8",          // discard-only, dummy (RFC 6666, RFC 9780)
    "200::/7",          // reserved (RFC 4048)
    "400::/6",          // reserved (RFC 4291 2.4)
    "800::/5",          // reserved (RFC 4291 2.4)
    "1000::/4",         // reserved (RFC 4291 2.4)
    "2001::/23",        // protocol assignments, Teredo (RFC 2928, RFC 4380)
    "2001:db8::/32",    // documentation (RFC 3849)
    "2002::/24",        // 6to4 of 0.0.0.0/8 (RFC 3056 2)
    "2002:a00::/24",    // 6to4 of 10.0.0.0/8
    "2002:6440::/26",   // 6to4 of 100.64.0.0/10
    "2002:7f00::/24",   // 6to4 of 127.0.0.0/8
    "2002:a9fe::/32",   // 6to4 of 169.254.0.0/16
    "2002:ac10::/28",   // 6to4 of 172.16.0.0/12
    "2002:c000::/40",   // 6to4 of 192.0.0.0/24
    "2002:c000:200::/40",   // 6to4 of 192.0.2.0/24
    "2002:c058:6300::/40",  // 6to4 of 192.88.99.0/24
    "2002:c0a8::/32",       // 6to4 of 192.168.0.0/16
    "2002:c612::/31",       // 6to4 of 198.18.0.0/15
    "2002:c633:6400::/40",  // 6to4 of 198.51.100.0/24
    "2002:cb00:7100::/40",  // 6to4 of 203.0.113.0/24
    "2002:e000::/19",       // 6to4 of 224.0.0.0/3
    "3fff::/20",            // documentation (RFC 9637)
    "4000::/2",             // reserved (RFC 4291 2.4)
    "8000::/2",             // reserved (RFC 4291 2.4)
    "c000::/3",             // reserved (RFC 4291 2.4)
    "e000::/4",             // reserved (RFC 4291 2.4)
    "f000::/4",        // private, link-local, site-local, multicast (RFC 4193, RFC 4291)
    "64:ff9b:1::/48",  // NAT64 of this network (RFC 8215)
};

/// What IANA gave to hosts for all of that: anycast of DNS-SD, PCP, TURN, and more.
constexpr std::array<std::string_view, 9> kPublicAllTheSame = {
    "192.0.0.9/32", "192.0.0.10/32",   "2001:1::1/128", "2001:1::2/128", "2001:1::3/128",
    "2001:3::/32",  "2001:4:112::/48", "2001:20::/28",  "2001:30::/28",
};

Network network_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  Network out{*parse_address(text.substr(0, slash)), 0};
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), out.bits);
  // An IPv6 prefix of nothing but zeros in front may look like a mapped address to
  // nobody: those are kept out of the tables.
  return out;
}

bool is_in(const Address& address, const Network& network) {
  if (address.family != network.first.family) return false;
  constexpr unsigned kOctet = 8, kAll = 0xFF;
  const base::ByteView a = address.bytes(), b = network.first.bytes();
  const std::size_t whole = network.bits / kOctet;
  if (!std::ranges::equal(a.first(whole), b.first(whole))) return false;
  const unsigned rest = network.bits % kOctet;
  if (rest == 0) return true;
  const std::byte mask{static_cast<unsigned char>((kAll << (kOctet - rest)) & kAll)};
  return (a[whole] & mask) == (b[whole] & mask);
}

template <typename Table>
bool is_in_any(const Address& address, const Table& table) {
  return std::ranges::any_of(
      table, [&](std::string_view text) { return is_in(address, network_of(text)); });
}

bool starts_with(const Address& address, std::string_view network) {
  return is_in(address, network_of(network));
}

/// The IPv4 address that an IPv6 one leads to.
std::optional<Address> embedded(const Address& address) {
  constexpr std::size_t kSixToFour = 2, kLast = 12;
  if (address.family != Family::v6) return std::nullopt;
  const base::ByteView octets = address.bytes();
  const auto v4_at = [&](std::size_t at) {
    return address_from_bytes(octets.subspan(at, 4));
  };
  if (starts_with(address, "2002::/16")) return v4_at(kSixToFour);
  const bool nat64 = starts_with(address, "64:ff9b::/96");
  // ISATAP: the second half is 0000:5EFE or 0200:5EFE, and the address.
  constexpr std::byte kZero{0}, kLocal{2}, kIsatap1{0x5E}, kIsatap2{0xFE};
  const bool isatap = (octets[8] == kZero || octets[8] == kLocal) && octets[9] == kZero &&
                      octets[10] == kIsatap1 && octets[11] == kIsatap2;
  return nat64 || isatap ? v4_at(kLast) : std::nullopt;
}

}  // namespace

bool is_public(const Address& address) {
  // An address made of octets that are mapped IPv4 is that IPv4 address.
  const auto plain = address_from_bytes(address.bytes());
  if (!plain) return false;
  if (const auto v4 = embedded(*plain)) {
    if (!is_public(*v4)) return false;
    if (starts_with(*plain, "64:ff9b::/96")) return true;
  }
  return is_in_any(*plain, kPublicAllTheSame) || !is_in_any(*plain, kSpecial);
}

std::span<const std::string_view> special_networks() { return kSpecial; }

}  // namespace net

#include "src/base/address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace net {
namespace {

constexpr std::array<std::byte, 12> kMappedPrefix = {
    std::byte{0}, std::byte{0}, std::byte{0},    std::byte{0},
    std::byte{0}, std::byte{0}, std::byte{0},    std::byte{0},
    std::byte{0}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};

}  // namespace

std::optional<Address> address_from_bytes(base::ByteView octets) {
  const auto address = address_name(octets);
  return address ? std::optional(unmapped(*address)) : std::nullopt;
}

std::optional<Address> address_name(base::ByteView octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  Address out;
  out.family = octets.size() == 4 ? Family::v4 : Family::v6;
  std::ranges::copy(octets, out.octets.begin());
  return out;
}

Address unmapped(const Address& address) {
  const auto octets = address.bytes();
  if (octets.size() != 16 || !std::ranges::equal(octets.first(12), kMappedPrefix)) {
    return address;
  }
  Address out;
  std::ranges::copy(octets.subspan(12), out.octets.begin());
  return out;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto address = parse_address_name(text);
  return address ? std::optional(unmapped(*address)) : std::nullopt;
}

std::optional<Address> parse_address_name(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // a C string's end
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const std::string literal(bracketed ? text.substr(1, text.size() - 2) : text);
  std::array<std::byte, 16> octets{};
  if (inet_pton(AF_INET, literal.c_str(), octets.data()) == 1) {
    return address_name(base::ByteView(octets).first(4));
  }
  if (inet_pton(AF_INET6, literal.c_str(), octets.data()) == 1) {
    return address_name(octets);
  }
  return std::nullopt;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.family == Family::v4 ? AF_INET : AF_INET6, address.octets.data(),
            text.data(), text.size());
  return text.data();
}

bool is_loopback(const Address& address) {
  constexpr std::byte kLoopbackNet{127};
  if (address.family == Family::v4) return address.octets[0] == kLoopbackNet;
  return address == parse_address("::1");
}

std::string reverse_name(const Address& address) {
  std::string out;
  const base::ByteView octets = address.bytes();
  for (std::size_t i = octets.size(); i-- > 0;) {
    const auto octet = std::to_integer<unsigned>(octets[i]);
    if (address.family == Family::v4) {
      out += std::to_string(octet) + ".";
    } else {
      static constexpr std::string_view kDigits = "0123456789abcdef";
      out += kDigits[octet & 0xFU];
      out += '.';
      out += kDigits[octet >> 4U];
      out += '.';
    }
  }
  return out + (address.family == Family::v4 ? "in-addr.arpa" : "ip6.arpa");
}

}  // namespace net

#include "src/base/address_block.h"

#include <bit>
#include <charconv>

namespace net {
namespace {

unsigned most_bits(const Address& address) {
  return static_cast<unsigned>(8 * address.bytes().size());
}

std::optional<unsigned> bits_of_mask(const Address& mask) {
  std::uint32_t ones = 0;
  for (const std::byte octet : mask.bytes()) {
    ones = (ones << 8U) | std::to_integer<std::uint32_t>(octet);
  }
  const int leading = std::countl_one(ones);
  if (std::popcount(ones) != leading) return std::nullopt;
  return static_cast<unsigned>(leading);
}

std::optional<unsigned> bits_in(std::string_view text, const Address& address) {
  const auto mask = parse_address(text);
  if (mask && mask->family == Family::v4 && address.family == Family::v4) {
    return bits_of_mask(*mask);
  }
  unsigned bits = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, bits);
  if (error != std::errc() || rest != end || bits > most_bits(address)) {
    return std::nullopt;
  }
  return bits;
}

}  // namespace

std::optional<AddressBlock> parse_block(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return AddressBlock{*address, most_bits(*address)};
  const auto bits = bits_in(text.substr(slash + 1), *address);
  if (!bits) return std::nullopt;
  return AddressBlock{*address, *bits};
}

bool contains(const AddressBlock& block, const Address& address) {
  if (block.address.family != address.family) return false;
  const auto wanted = block.address.bytes(), found = address.bytes();
  for (unsigned bit = 0; bit < block.bits; ++bit) {
    const std::byte mask{static_cast<unsigned char>(0x80U >> (bit % 8))};
    if ((wanted[bit / 8] & mask) != (found[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace net

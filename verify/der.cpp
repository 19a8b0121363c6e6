#include "verify/der.h"

namespace verify::der {
namespace {

struct Length {
  std::size_t octets;  // that the length itself takes
  std::size_t value;
};

std::optional<Length> read_length(base::ByteView input) {
  if (input.empty()) return std::nullopt;
  const auto first = std::to_integer<std::size_t>(input[0]);
  if (first < 0x80) return Length{1, first};
  const std::size_t count = first & 0x7f;
  if (count == 0 || count > 4 || input.size() < 1 + count) return std::nullopt;
  std::size_t value = 0;
  for (const std::byte octet : input.subspan(1, count)) {
    value = value << 8 | std::to_integer<std::size_t>(octet);
  }
  const bool shortest = value >= 0x80 && input[1] != std::byte{0};
  if (!shortest) return std::nullopt;
  return Length{1 + count, value};
}

void append_length(base::Bytes& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<std::byte>(length));
    return;
  }
  unsigned count = 1;
  while (count < 4 && length >> (8 * count) != 0) ++count;
  out.push_back(static_cast<std::byte>(0x80 | count));
  while (count-- > 0) out.push_back(static_cast<std::byte>(length >> (8 * count) & 0xff));
}

}  // namespace

std::optional<Element> Reader::next() {
  if (rest_.empty()) return std::nullopt;
  const auto tag = std::to_integer<std::uint8_t>(rest_[0]);
  if ((tag & 0x1f) == 0x1f) return std::nullopt;
  const auto length = read_length(rest_.subspan(1));
  if (!length) return std::nullopt;
  const std::size_t header = 1 + length->octets;
  if (rest_.size() - header < length->value) return std::nullopt;
  const auto whole = rest_.first(header + length->value);
  rest_ = rest_.subspan(whole.size());
  return Element{tag, whole.subspan(header), whole};
}

std::optional<Element> Reader::next(std::uint8_t tag) {
  if (rest_.empty() || std::to_integer<std::uint8_t>(rest_[0]) != tag)
    return std::nullopt;
  return next();
}

std::optional<Element> only(base::ByteView input, std::uint8_t tag) {
  Reader reader(input);
  auto element = reader.next(tag);
  if (!element || !reader.at_end()) return std::nullopt;
  return element;
}

std::optional<std::uint32_t> small_integer(base::ByteView content) {
  if (content.empty() || content.size() > 4) return std::nullopt;
  const auto first = std::to_integer<unsigned>(content[0]);
  if (first >= 0x80) return std::nullopt;
  if (content.size() > 1 && first == 0 && std::to_integer<unsigned>(content[1]) < 0x80) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const std::byte octet : content) {
    value = value << 8 | std::to_integer<std::uint32_t>(octet);
  }
  return value;
}

base::Bytes encode(std::uint8_t tag, std::initializer_list<base::ByteView> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  base::Bytes out{std::byte{tag}};
  append_length(out, size);
  for (const auto part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace verify::der

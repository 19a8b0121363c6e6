#include "src/evidence/wire_reader.h"

namespace evidence {

base::ByteView WireReader::take(std::size_t octets) {
  if (octets > rest_.size()) {
    short_ = true;
    rest_ = {};
    return {};
  }
  const base::ByteView out = rest_.first(octets);
  rest_ = rest_.subspan(octets);
  return out;
}

std::uint32_t WireReader::number(std::size_t octets) {
  std::uint32_t out = 0;
  for (const std::byte octet : take(octets)) {
    out = out << 8U | std::to_integer<std::uint32_t>(octet);
  }
  return out;
}

}  // namespace evidence

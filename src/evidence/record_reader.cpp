#include "src/evidence/record_reader.h"

namespace evidence {

base::ByteView RecordReader::take(std::size_t size) {
  if (!good_ || size > rest_.size()) {
    good_ = false;
    return {};
  }
  const base::ByteView out = rest_.first(size);
  rest_ = rest_.subspan(size);
  return out;
}

WireName RecordReader::name() {
  auto out = good_ ? WireName::take(rest_) : std::nullopt;
  if (!out) good_ = false;
  return out.value_or(WireName());
}

std::uint32_t RecordReader::number(std::size_t size) {
  std::uint32_t out = 0;
  for (const std::byte octet : take(size)) {
    out = out << 8U | std::to_integer<std::uint32_t>(octet);
  }
  return out;
}

}  // namespace evidence

#pragma once

#include "src/evidence/wire_name.h"
#include "src/evidence/wire_reader.h"

namespace evidence {

/// Takes what records of the DNS have off the front of octets: numbers, octets, and names
/// too.
class RecordReader : public WireReader {
 public:
  using WireReader::WireReader;

  [[nodiscard]] std::uint8_t octet() { return static_cast<std::uint8_t>(number(1)); }
  [[nodiscard]] std::uint16_t two() { return static_cast<std::uint16_t>(number(2)); }
  [[nodiscard]] std::uint32_t four() { return number(4); }
  /// A name without compression; the root where there is none.
  [[nodiscard]] WireName name();
};

}  // namespace evidence

#pragma once

#include "src/evidence/wire_name.h"

namespace evidence {

/// Takes numbers, names and octets off the front of a record. What is asked for beyond
/// its end is zero or empty, and `is_good` false from then on.
class RecordReader {
 public:
  explicit RecordReader(base::ByteView octets) : rest_(octets) {}

  [[nodiscard]] std::uint8_t octet() { return static_cast<std::uint8_t>(number(1)); }
  [[nodiscard]] std::uint16_t two() { return static_cast<std::uint16_t>(number(2)); }
  [[nodiscard]] std::uint32_t four() { return number(4); }
  [[nodiscard]] base::ByteView take(std::size_t size);
  [[nodiscard]] WireName name();

  [[nodiscard]] base::ByteView rest() const { return rest_; }
  [[nodiscard]] bool is_good() const { return good_; }
  /// Whether everything was there and nothing is left.
  [[nodiscard]] bool is_done() const { return good_ && rest_.empty(); }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t size);

  base::ByteView rest_;
  bool good_ = true;
};

}  // namespace evidence

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "src/base/bytes.h"

namespace evidence {

/// Writes values one after the other in few octets: numbers take seven bits an octet,
/// octets and texts stand behind their number.
class Packer {
 public:
  Packer& number(std::uint64_t value);
  /// Octets whose number the reader knows.
  Packer& raw(base::ByteView octets);
  Packer& octets(base::ByteView octets) { return number(octets.size()).raw(octets); }
  Packer& text(std::string_view text) { return octets(base::as_bytes(text)); }
  /// Numbers of any order; neighbours that differ little take an octet each.
  Packer& numbers(const std::vector<std::int64_t>& values);
  [[nodiscard]] const base::Bytes& packed() const { return out_; }

 private:
  base::Bytes out_;
};

/// Reads what a Packer wrote. What a stranger wrote gives zeros and empty values from the
/// first fault on, and is never `whole`.
class Unpacker {
 public:
  explicit Unpacker(base::ByteView packed) : rest_(packed) {}

  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] base::ByteView raw(std::size_t size);
  [[nodiscard]] base::ByteView octets() { return raw(number()); }
  [[nodiscard]] std::string_view text() { return base::as_text(octets()); }
  /// No more of them than that.
  [[nodiscard]] std::vector<std::int64_t> numbers(std::size_t most);
  /// How many values follow, of which each takes an octet at least.
  [[nodiscard]] std::size_t count();
  [[nodiscard]] bool failed() const { return failed_; }
  /// Whether all was read and nothing else is there.
  [[nodiscard]] bool whole() const { return !failed_ && rest_.empty(); }

 private:
  void fail();

  base::ByteView rest_;
  bool failed_ = false;
};

}  // namespace evidence

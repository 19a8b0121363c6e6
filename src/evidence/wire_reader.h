#pragma once

#include <cstddef>
#include <cstdint>

#include "src/base/bytes.h"

namespace evidence {

/// Takes numbers, octets and vectors of TLS (RFC 8446 3) off the front of octets that a
/// stranger wrote. Once something is longer than what is left, everything that follows is
/// empty or 0, and `is_whole` says so at the end: it is asked before anything is
/// believed.
class WireReader {
 public:
  explicit WireReader(base::ByteView octets) : rest_(octets) {}

  /// A number of up to four octets, most significant first.
  [[nodiscard]] std::uint32_t number(std::size_t octets);
  /// So many octets.
  [[nodiscard]] base::ByteView take(std::size_t octets);
  /// A vector behind its length, a number of that many octets.
  [[nodiscard]] base::ByteView vector(std::size_t length_octets) {
    return take(number(length_octets));
  }

  /// What is left.
  [[nodiscard]] base::ByteView rest() const { return rest_; }
  /// Whether all that was asked for was there.
  [[nodiscard]] bool is_good() const { return !short_; }
  /// Whether nothing is left.
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Whether all octets were read, and no more than all.
  [[nodiscard]] bool is_whole() const { return !short_ && rest_.empty(); }

 private:
  base::ByteView rest_;
  bool short_ = false;
};

}  // namespace evidence

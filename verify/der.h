#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "src/base/bytes.h"

/// A small strict reader of DER (X.690 10): one-octet tags, definite lengths in their
/// shortest form, nothing read beyond the input, no recursion, no allocation. It yields
/// slices of the input and has no idea of types; certificate.h has.
namespace verify::der {

inline constexpr std::uint8_t kBoolean = 0x01;
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kOid = 0x06;
inline constexpr std::uint8_t kUtf8String = 0x0c;
inline constexpr std::uint8_t kPrintableString = 0x13;
inline constexpr std::uint8_t kIa5String = 0x16;
inline constexpr std::uint8_t kUtcTime = 0x17;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;

/// The tag of `[number]`, primitive: how GeneralName and others mark their choices.
[[nodiscard]] constexpr std::uint8_t context(unsigned number) {
  return static_cast<std::uint8_t>(0x80U | number);
}
/// The tag of `[number]`, constructed.
[[nodiscard]] constexpr std::uint8_t constructed(unsigned number) {
  return static_cast<std::uint8_t>(0xa0U | number);
}

/// One value: its tag, its contents, and the slice with tag and length.
struct Element {
  std::uint8_t tag = 0;
  base::ByteView content;
  base::ByteView whole;
};

/// Walks the values that stand one after another in a slice.
class Reader {
 public:
  explicit Reader(base::ByteView input) : rest_(input) {}
  /// Whether all has been read.
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// The next value; nothing at the end or where the input is not DER.
  [[nodiscard]] std::optional<Element> next();
  /// The next value if its tag is `tag`; otherwise nothing, and nothing is consumed.
  [[nodiscard]] std::optional<Element> next(std::uint8_t tag);

 private:
  base::ByteView rest_;
};

/// The value with this tag that fills `input` to its last octet.
[[nodiscard]] std::optional<Element> only(base::ByteView input, std::uint8_t tag);

/// The small non-negative value of an INTEGER's contents; nothing if negative, empty, not
/// in shortest form, or above 2^31 - 1.
[[nodiscard]] std::optional<std::uint32_t> small_integer(base::ByteView content);

/// The DER of one value whose contents are `parts`, one after another.
[[nodiscard]] base::Bytes encode(std::uint8_t tag,
                                 std::initializer_list<base::ByteView> parts);

}  // namespace verify::der

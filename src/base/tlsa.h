#pragma once

#include <cstdint>
#include <string>

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace dns {

/// A TLSA record (RFC 6698 2.1). Numbers that nobody assigned are kept: such a record is
/// unusable, for a reason that is told, and never silently dropped.
struct Tlsa {
  std::uint8_t usage = 255;
  std::uint8_t selector = 255;
  std::uint8_t matching = 255;
  base::Bytes data;  ///< certificate association data: DER or a digest

  [[nodiscard]] bool operator==(const Tlsa&) const = default;
};

inline constexpr std::uint8_t kPkixTa = 0;  ///< usage PKIX-TA (RFC 7218 2.1)
inline constexpr std::uint8_t kPkixEe = 1;  ///< usage PKIX-EE
inline constexpr std::uint8_t kDaneTa = 2;  ///< usage DANE-TA
inline constexpr std::uint8_t kDaneEe = 3;  ///< usage DANE-EE
inline constexpr std::uint8_t kCert = 0;    ///< selector Cert (RFC 7218 2.2)
inline constexpr std::uint8_t kSpki = 1;    ///< selector SPKI
inline constexpr std::uint8_t kFull = 0;    ///< matching type Full (RFC 7218 2.3)
inline constexpr std::uint8_t kSha256 = 1;  ///< matching type SHA2-256, 32 octets
inline constexpr std::uint8_t kSha512 = 2;  ///< matching type SHA2-512, 64 octets

/// The record of RDATA in wire form. Fewer than four octets make a record with numbers
/// of 255 where there is none and no data: unusable, but still there (RFC 6698 4.1).
[[nodiscard]] Tlsa tlsa_from_wire(base::ByteView rdata);

/// The record of `U S M HEX`, white space allowed inside HEX, which may be
/// empty behind its blank: such a record exists and is unusable. Error kind `usage`, code
/// `bad_tlsa`.
[[nodiscard]] base::Result<Tlsa> tlsa_from_text(std::string_view text);

/// `3 1 1`, the three numbers alone.
[[nodiscard]] std::string parameters(const Tlsa& record);

/// `3 1 1 8d02…`: the presentation form (RFC 6698 2.2), HEX cut after `digits` digits.
[[nodiscard]] std::string to_text(const Tlsa& record,
                                  std::size_t digits = std::string::npos);

}  // namespace dns

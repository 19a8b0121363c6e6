#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace dns {

/// The numbers of a TLSA record (RFC 6698 2.1). Each is an open enumeration: every number
/// of one octet is a value of it, so that a record with a number that nobody assigned, or
/// that was assigned after this was written, is kept, and can be called unusable. What is
/// assigned has a name and a row in a table below; whatever asks for bounds, lengths,
/// words or strength reads the table, so that a new number is a new row.
enum class Usage : std::uint8_t {};
enum class Selector : std::uint8_t {};
enum class Matching : std::uint8_t {};

inline constexpr Usage kPkixTa{0};     ///< usage PKIX-TA (RFC 7218 2.1)
inline constexpr Usage kPkixEe{1};     ///< usage PKIX-EE
inline constexpr Usage kDaneTa{2};     ///< usage DANE-TA
inline constexpr Usage kDaneEe{3};     ///< usage DANE-EE
inline constexpr Selector kCert{0};    ///< selector Cert (RFC 7218 2.2)
inline constexpr Selector kSpki{1};    ///< selector SPKI
inline constexpr Matching kFull{0};    ///< matching type Full (RFC 7218 2.3)
inline constexpr Matching kSha256{1};  ///< matching type SHA2-256
inline constexpr Matching kSha512{2};  ///< matching type SHA2-512

/// The number as it stands in the record.
[[nodiscard]] constexpr std::uint8_t number(Usage usage) {
  return static_cast<std::uint8_t>(usage);
}
/// The number as it stands in the record.
[[nodiscard]] constexpr std::uint8_t number(Selector selector) {
  return static_cast<std::uint8_t>(selector);
}
/// The number as it stands in the record.
[[nodiscard]] constexpr std::uint8_t number(Matching matching) {
  return static_cast<std::uint8_t>(matching);
}

/// Which certificate of a chain a usage speaks of: the peer's own, or one that issued.
enum class Place { leaf, issuer };

/// An assigned usage (RFC 6698 2.1.1).
struct UsageMeaning {
  Usage usage;
  std::string_view word;
  Place place;
  bool needs_trust_store;  ///< wants besides a path to an anchor of the user's own
};
/// An assigned selector (RFC 6698 2.1.2).
struct SelectorMeaning {
  Selector selector;
  std::string_view word;
};
/// An assigned matching type (RFC 6698 2.1.3). `verify/hash.cpp` has the hash of each
/// that is a digest, and does not compile without.
struct MatchingMeaning {
  Matching matching;
  std::string_view word;
  std::size_t octets;  ///< of the digest; 0: the data are the octets themselves
  int strength;        ///< for digest agility (RFC 7671 9), greater is stronger; 0: none
};

/// All assigned usages, in the order of their numbers.
inline constexpr std::array<UsageMeaning, 4> kUsages{{
    {kPkixTa, "PKIX-TA", Place::issuer, true},
    {kPkixEe, "PKIX-EE", Place::leaf, true},
    {kDaneTa, "DANE-TA", Place::issuer, false},
    {kDaneEe, "DANE-EE", Place::leaf, false},
}};
/// All assigned selectors, in the order of their numbers.
inline constexpr std::array<SelectorMeaning, 2> kSelectors{{
    {kCert, "Cert"},
    {kSpki, "SPKI"},
}};
/// All assigned matching types, in the order of their numbers.
inline constexpr std::array<MatchingMeaning, 3> kMatchingTypes{{
    {kFull, "Full", 0, 0},
    {kSha256, "SHA2-256", 32, 1},
    {kSha512, "SHA2-512", 64, 2},
}};

/// The row of an assigned usage; null for a number that nobody assigned.
[[nodiscard]] const UsageMeaning* meaning(Usage usage);
/// The row of an assigned selector; null for a number that nobody assigned.
[[nodiscard]] const SelectorMeaning* meaning(Selector selector);
/// The row of an assigned matching type; null for a number that nobody assigned.
[[nodiscard]] const MatchingMeaning* meaning(Matching matching);

/// Whether a usage speaks of an issuer of the leaf: PKIX-TA and DANE-TA.
[[nodiscard]] bool is_about_issuer(Usage usage);
/// Whether a usage wants a path to a trust store: PKIX-TA and PKIX-EE.
[[nodiscard]] bool needs_trust_store(Usage usage);
/// Whether the data of an assigned matching type are a digest.
[[nodiscard]] bool is_digest(Matching matching);

/// A TLSA record (RFC 6698 2.1). Numbers that nobody assigned are kept: such a record is
/// unusable, for a reason that is told, and never silently dropped.
struct Tlsa {
  Usage usage{255};
  Selector selector{255};
  Matching matching{255};
  base::Bytes data;  ///< certificate association data: DER or a digest

  Tlsa() = default;
  Tlsa(Usage u, Selector s, Matching m, base::Bytes octets)
      : usage(u), selector(s), matching(m), data(std::move(octets)) {}
  /// The record of three numbers in the order in which they are always written: `3 1 1`.
  Tlsa(std::uint8_t u, std::uint8_t s, std::uint8_t m, base::Bytes octets)
      : Tlsa(Usage{u}, Selector{s}, Matching{m}, std::move(octets)) {}

  [[nodiscard]] bool operator==(const Tlsa&) const = default;
};

/// The record of RDATA in wire form. Fewer than four octets make a record with numbers
/// of 255 where there is none and no data: unusable, but still there (RFC 6698 4.1).
[[nodiscard]] Tlsa tlsa_from_wire(base::ByteView rdata);

/// The record of `U S M HEX`, white space allowed inside HEX, which may be
/// empty behind its blank: such a record exists and is unusable. Error kind `usage`, code
/// `bad_tlsa`.
[[nodiscard]] base::Result<Tlsa> tlsa_from_text(std::string_view text);

/// `3 1 1`, the three numbers alone.
[[nodiscard]] std::string parameters(const Tlsa& record);

/// `DANE-EE SPKI SHA2-256`, the words of the three numbers; `unassigned` if one of them
/// has none.
[[nodiscard]] std::string parameter_words(const Tlsa& record);

/// `3 1 1 8d02…`: the presentation form (RFC 6698 2.2), HEX cut after `digits` digits.
[[nodiscard]] std::string to_text(const Tlsa& record,
                                  std::size_t digits = std::string::npos);

}  // namespace dns

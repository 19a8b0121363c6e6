#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace dns {

/// An absolute domain name in the one form that this project compares and queries:
/// A-labels, lower case, no trailing dot, at most 253 octets in labels of 1 to 63
/// (RFC 1035 2.3.4, RFC 5890 2.3.2.1). The root is the empty text.
class Name {
 public:
  /// The root name.
  Name() = default;

  /// The name that a person wrote: U-labels (UTF-8, any normal form) are converted by
  /// IDNA2008 with the non-transitional mapping of UTS 46, other labels are letters,
  /// digits, hyphens inside and underscores. What begins with `xn--` is such a label too,
  /// whether or not IDNA2008 allows what it stands for: a look-up need not decode it (RFC
  /// 5891 5.3), and the DNS has many (`xn--53h`). One trailing dot is accepted. Never the
  /// root. Error kind `usage`, code `bad_name`.
  [[nodiscard]] static base::Result<Name> parse(std::string_view text);

  /// The name that a person wrote, read as by `parse`, where it has to be one of
  /// IDNA2008: A-labels must decode and encode back to themselves (RFC 5891 5.3).
  [[nodiscard]] static base::Result<Name> parse_idna(std::string_view text);

  /// The name in an answer of the DNS, in presentation form (RFC 1035 5.1): kept as it
  /// is, in lower case, with its `\DDD` escapes. Error kind `temporary`, code `bad_name`.
  [[nodiscard]] static base::Result<Name> from_dns(std::string_view presentation);

  /// A-labels joined by dots, no trailing dot, "" for the root.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The name for people to read: a U-label in place of each A-label that stands for one.
  [[nodiscard]] std::string unicode() const;
  /// The labels from left to right; none for the root.
  [[nodiscard]] std::vector<std::string_view> labels() const;
  /// Whether every label is letters, digits and inner hyphens: a host name (RFC
  /// 1123 2.1).
  [[nodiscard]] bool is_host() const;
  /// `_<port>._<transport>.<this>`, where TLSA records live (RFC 6698 3). Error kind
  /// `permanent`, code `name_too_long` over 253 octets.
  [[nodiscard]] base::Result<Name> tlsa_owner(std::uint16_t port,
                                              std::string_view transport) const;

  [[nodiscard]] bool operator==(const Name&) const = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes its 0 for a pointer
  [[nodiscard]] auto operator<=>(const Name&) const = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  static base::Result<Name> of_labels(std::string ascii, std::string_view text);
  std::string text_;
};

}  // namespace dns

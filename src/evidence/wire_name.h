#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace evidence {

/// A name of the DNS as labels, for what DNSSEC asks of names: which one is above which,
/// and in what order they stand (RFC 4034 6.1). Always in lower case.
class WireName {
 public:
  /// The root.
  WireName() : octets_(1, '\0') {}

  /// The name at the start of `octets`, not compressed, taken off them; nothing if there
  /// is none.
  [[nodiscard]] static std::optional<WireName> take(base::ByteView& octets);
  /// Nothing for a text with a label of no octet or of over 63.
  [[nodiscard]] static std::optional<WireName> from(const dns::Name& name);

  /// Labels beside the root's.
  [[nodiscard]] std::size_t count() const { return starts_.size(); }
  [[nodiscard]] base::ByteView octets() const { return base::as_bytes(octets_); }
  /// The first label, without its length; the root has none.
  [[nodiscard]] std::string_view first_label() const;
  [[nodiscard]] bool is_wildcard() const { return first_label() == "*"; }

  /// Whether this is `other` or a name below it.
  [[nodiscard]] bool is_within(const WireName& other) const;
  [[nodiscard]] bool is_below(const WireName& other) const {
    return count() > other.count() && is_within(other);
  }
  /// How many labels both end in.
  [[nodiscard]] std::size_t shared(const WireName& other) const;

  /// The name of its last `labels` labels, of which it must have as many.
  [[nodiscard]] WireName last(std::size_t labels) const;
  /// One label shorter; the root is its own parent.
  [[nodiscard]] WireName parent() const { return last(count() == 0 ? 0 : count() - 1); }
  /// `*.` and this; nothing if that is too long.
  [[nodiscard]] std::optional<WireName> wildcard() const;
  /// This name with `to` in place of `from`, which it is below (RFC 6672 2.2); nothing if
  /// that is too long.
  [[nodiscard]] std::optional<WireName> moved(const WireName& from,
                                              const WireName& to) const;

  [[nodiscard]] dns::Name name() const;
  /// For people, the root as `.`.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool operator==(const WireName& other) const {
    return octets_ == other.octets_;
  }
  /// The canonical order of RFC 4034 6.1.
  [[nodiscard]] std::strong_ordering operator<=>(const WireName& other) const;

 private:
  [[nodiscard]] std::string_view label(std::size_t from_left) const;

  std::string octets_;
  std::vector<std::uint8_t> starts_;  ///< where each label's length stands
};

}  // namespace evidence

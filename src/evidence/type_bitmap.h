#pragma once

#include <optional>

#include "src/base/bytes.h"

namespace evidence {

/// Which types of record a name has, as NSEC and NSEC3 say it (RFC 4034 4.1.2): a view.
class TypeBitmap {
 public:
  /// Nothing if its windows are not in order, empty, or too long.
  [[nodiscard]] static std::optional<TypeBitmap> read(base::ByteView octets);

  [[nodiscard]] bool has(std::uint16_t type) const;
  /// A zone cut, seen from above: names below it are another zone's, and what this one
  /// says of them, or that there is nothing, proves nothing (RFC 6840 4.1).
  [[nodiscard]] bool is_cut() const;
  /// Whether names below this one stand elsewhere: in another zone, or behind a DNAME.
  [[nodiscard]] bool ends_zone() const;

 private:
  explicit TypeBitmap(base::ByteView octets) : octets_(octets) {}
  base::ByteView octets_;
};

}  // namespace evidence

#pragma once

#include <set>
#include <tuple>

#include "src/base/tlsa.h"
#include "verify/chain.h"

namespace audit {

/// What TLSA records can match in a chain, hashed once for any number of records.
class Prints {
 public:
  explicit Prints(const verify::Chain& chain);
  /// Whether a usable record's data are those of the leaf, or for DANE-TA of any other
  /// certificate that was sent (RFC 6698 2.1, RFC 7671 5.2). Nothing else is looked at.
  [[nodiscard]] bool have(const dns::Tlsa& record) const;

 private:
  void add(bool leaf, std::uint8_t selector, base::ByteView der);

  using Print = std::tuple<std::uint8_t, std::uint8_t, base::Bytes>;
  std::set<Print> leaf_;  ///< selector, matching type, digest
  std::set<Print> sent_;  ///< of the others
};

}  // namespace audit

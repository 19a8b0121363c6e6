#pragma once

#include <vector>

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/evidence/wire_name.h"

namespace evidence {

/// Where aliases lead from a question through the sets of an answer section.
struct AliasWay {
  /// A name on the way, and the first of the sets behind it.
  struct Stop {
    WireName name;
    std::size_t first = 0;
  };
  /// Sets along the way in its order, a DNAME before the CNAME that it makes (RFC 6672
  /// 3.1), then those that no alias leads to.
  std::vector<base::Bytes> sets;
  std::size_t along = 0;    ///< how many of the sets stand along the way
  std::vector<Stop> stops;  ///< the question first; none if that is no name
};

[[nodiscard]] AliasWay way_of_aliases(std::vector<base::Bytes> sets,
                                      const dns::Name& question);

/// The sets of such a way. Resolvers drop what stands before the alias that leads there.
[[nodiscard]] std::vector<base::Bytes> in_alias_order(std::vector<base::Bytes> sets,
                                                      const dns::Name& question);

}  // namespace evidence

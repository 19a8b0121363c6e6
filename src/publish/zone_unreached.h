#pragma once

#include <set>
#include <vector>

#include "src/publish/zone_tree.h"

namespace publish {

/// TLSA records and aliases that the look-up for some service finds.
using ReachedRecords = std::set<const ZoneRecord*>;

/// Why nobody ever finds the other TLSA records, and the aliases that were meant to lead
/// to some: their owners are no places of services, or the zone does not answer by them.
void lint_unreached(const Zone& zone, const ZoneTree& tree, const ReachedRecords& reached,
                    std::vector<ZoneFinding>& out);

}  // namespace publish

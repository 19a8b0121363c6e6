#pragma once

#include <chrono>
#include <vector>

#include "src/publish/zone_chains.h"
#include "src/publish/zone_file.h"

namespace publish {

/// Holds the TLSA records of a zone against the certificates that its servers have, by
/// the judgement that a peer would make of what this zone answers: in the order of the
/// lines. Without any file of certificates, what the zone says by itself is all that is
/// judged, and no record is missing a match.
[[nodiscard]] std::vector<ZoneFinding> lint_zone(const Zone& zone,
                                                 const std::vector<ChainFile>& chains,
                                                 std::chrono::sys_seconds now);

}  // namespace publish

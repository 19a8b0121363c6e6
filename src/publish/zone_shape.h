#pragma once

#include <vector>

#include "src/publish/zone_record.h"

namespace publish {

/// The TLSA records of one owner, in the order of the file.
using ZoneRrset = std::vector<const ZoneRecord*>;

/// What is odd about the records of an owner whatever the certificates are: large data,
/// TTLs, digests that not everybody knows, records that are there twice.
void lint_shape(const ZoneRrset& rrset, std::vector<ZoneFinding>& out);

}  // namespace publish

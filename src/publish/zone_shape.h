#pragma once

#include <map>
#include <vector>

#include "src/base/policy.h"
#include "src/publish/zone_judge.h"
#include "src/rrset/record_set.h"

namespace publish {

/// The TLSA records of one owner, in the order of the file.
using ZoneRrset = std::vector<const ZoneRecord*>;

/// What is known of the TLSA records of a zone beside the lines.
struct RecordsKnown {
  bool compared = false;  ///< there are certificates to hold the records against
  /// Owners of records that services get, with the kind of service; that of mail where
  /// there are both, whose rules are the narrower ones (RFC 7672 3.1.3).
  std::map<dns::Name, policy::Service> reached;
  std::map<const ZoneRecord*, rrset::Fit> fits;  ///< of records that services can use
};

/// Adds what is wrong with the records of an owner, by the rules of src/rrset, and TTLs
/// that differ, which only lines of a file can.
void lint_shape(const ZoneRrset& rrset, const RecordsKnown& known, const ZoneJudge& judge,
                std::vector<ZoneFinding>& out);

}  // namespace publish

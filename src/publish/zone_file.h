#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/publish/zone_record.h"

namespace publish {

/// What a zone file says.
struct Zone {
  dns::Name origin;                   ///< the zone's name
  bool whole = false;                 ///< there is a SOA record: not a fragment
  std::vector<ZoneRecord> records;    ///< of class IN, in their order
  std::vector<std::string> files;     ///< the file itself, then those that it includes
  std::vector<ZoneFinding> problems;  ///< what was passed over, and why
  std::size_t tlsa = 0;               ///< how many of the records are TLSA
};

/// Reads a file by its path; what fails is told and passed over.
using ReadZoneFile = std::function<base::Result<std::string>(const std::string& path)>;

/// Reads a zone file (RFC 1035 5), with $TTL (RFC 2308 4) and BIND's $GENERATE. The data
/// of types that have nothing to do with TLSA are not looked at, so that a type or form
/// that is not known here stops nothing. The zone's name is the owner of the SOA record,
/// else `origin`, else the first $ORIGIN. Relative names want `origin` or $ORIGIN. Error
/// kind `usage`, code `bad_zone`, detail `path:line: why`: what no name server would
/// load.
[[nodiscard]] base::Result<Zone> read_zone(const std::string& path,
                                           const std::optional<dns::Name>& origin,
                                           const ReadZoneFile& read);

}  // namespace publish

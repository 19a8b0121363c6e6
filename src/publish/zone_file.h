#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/base/name.h"
#include "src/base/tlsa.h"

namespace publish {

/// A TLSA record as a zone file has it.
struct ZoneTlsa {
  std::size_t line = 0;  ///< where it begins, from 1
  dns::Name owner;
  dns::Tlsa record;
  std::chrono::seconds ttl{0};
};

/// What of a zone file matters to its TLSA records.
struct Zone {
  dns::Name origin;
  std::vector<ZoneTlsa> tlsa;
  std::set<dns::Name> hosts;  ///< owners of A, AAAA and CNAME records
};

/// Reads a zone file (RFC 1035 5) with ldns. Without `origin` the file must have $ORIGIN
/// or absolute names. Error kind `usage`, code `bad_zone`, with the line; $INCLUDE is
/// one.
[[nodiscard]] base::Result<Zone> read_zone(const std::string& path,
                                           const std::optional<dns::Name>& origin);

}  // namespace publish

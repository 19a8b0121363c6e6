#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "src/publish/zone_tree.h"

namespace publish {

/// What `_25._tcp.mx.example.org` says (RFC 6698 3).
struct ServicePlace {
  dns::Name host;
  std::optional<std::uint16_t> port;  ///< none for `*`
};

/// The place that an owner of TLSA records says; nothing if it says none.
[[nodiscard]] std::optional<ServicePlace> place_of(const dns::Name& owner);

/// What is wrong with an owner that says no place, in words.
[[nodiscard]] std::string wrong_place(const dns::Name& owner);

/// A service whose records a peer can look for in this zone, and what it gets.
struct ZoneService {
  dns::Name owner;  ///< as it is looked up
  dns::Name host;   ///< the TLSA base domain (RFC 7671 7)
  policy::Service kind = policy::Service::other;
  std::vector<policy::ReferenceName> names;  ///< of the host, and of those it serves
  ZoneAnswer answer;                         ///< to TLSA
};

/// The services of a zone: those that stand in the file as owners of TLSA records or of
/// aliases, the targets of its MX and SRV records, and the hosts that wildcards or DNAME
/// records give TLSA records to.
[[nodiscard]] std::vector<ZoneService> services_of(const Zone& zone,
                                                   const ZoneTree& tree);

}  // namespace publish

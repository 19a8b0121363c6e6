#pragma once

#include <string>

#include "src/base/name.h"
#include "src/rrset/severity.h"

namespace publish {

using rrset::Severity;

/// Where something stands.
struct ZoneSpot {
  std::size_t file = 0;  ///< index of Zone::files
  std::size_t line = 0;  ///< from 1
};

/// One finding about the TLSA records of a zone.
struct ZoneFinding {
  ZoneSpot at;
  Severity severity = Severity::note;
  std::string code;  ///< stable, with hyphens
  dns::Name owner;
  std::string detail;  ///< one line for people
};

}  // namespace publish

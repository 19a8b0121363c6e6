#pragma once

#include <string>
#include <string_view>

#include "src/base/name.h"

namespace publish {

/// How bad a finding is.
enum class Severity {
  note,     ///< worth knowing, nothing is wrong
  warning,  ///< works, and should be otherwise
  error,    ///< a peer that enforces DANE would refuse, or the record does nothing
};

/// `note`, `warning` or `error`.
[[nodiscard]] std::string_view to_text(Severity severity);

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

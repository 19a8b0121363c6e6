#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/publish/zone_file.h"
#include "verify/chain.h"

namespace publish {

/// Certificates as a server would send them, and the file that they come from.
struct ChainFile {
  std::string file;
  verify::Certificates chain;
};

/// How bad a finding is.
enum class Severity {
  note,     ///< worth knowing, nothing is wrong
  warning,  ///< works, and should be otherwise
  error,    ///< a peer that enforces DANE would refuse, or the record does nothing
};

/// `note`, `warning` or `error`.
[[nodiscard]] std::string_view to_text(Severity severity);

/// One finding about the TLSA records of a zone.
struct ZoneFinding {
  std::size_t line = 0;
  Severity severity = Severity::note;
  std::string code;  ///< stable, with hyphens
  dns::Name owner;
  std::string detail;  ///< one line for people
};

/// Holds the TLSA records of a zone against the certificates that its servers have, by
/// the judgement that a peer would make: in the order of the lines.
[[nodiscard]] std::vector<ZoneFinding> lint_zone(const Zone& zone,
                                                 const std::vector<ChainFile>& chains,
                                                 std::chrono::sys_seconds now);

}  // namespace publish

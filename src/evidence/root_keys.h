#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/evidence/zone_key.h"

namespace evidence {

/// Why a key of the root vouches for nothing at a moment, whoever trusts it: IANA had
/// retired it, or did not use it yet. Nothing for one that counts, and for a root that is
/// not IANA's.
[[nodiscard]] std::optional<std::string> why_root_key_is_out(
    const ZoneKey& key, std::chrono::sys_seconds moment);

}  // namespace evidence

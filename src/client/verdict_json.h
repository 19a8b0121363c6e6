#pragma once

#include <vector>

#include "src/base/json.h"
#include "src/base/tlsa.h"
#include "verify/verdict.h"

namespace client {

/// Member `key`: an array with each TLSA record and, where it was judged, what became of
/// it
/// (`state`, `reason`, `detail`, `depth`).
void write_records(base::JsonWriter& json, std::string_view key,
                   const std::vector<dns::Tlsa>& records, const verify::Verdict* verdict);

/// Members `depth`, `record`, `name`, `presented` and `warnings`, as far as there are
/// any.
void write_verdict(base::JsonWriter& json, const verify::Verdict& verdict);

}  // namespace client

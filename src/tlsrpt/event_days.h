#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "src/tlsrpt/tls_events.h"

namespace tlsrpt {

/// What is in the store of a day (event_store.h).
struct DayOfEvents {
  TlsEvents found;
  std::vector<std::string> troubles;  ///< what could not be read, and why
};

/// All sessions of a day, also in the older form: one file, `2026-06-01`, with a line for
/// each session. What cannot be read stands in the way of nothing else.
[[nodiscard]] DayOfEvents read_events(const std::string& store,
                                      std::chrono::sys_days day);

}  // namespace tlsrpt

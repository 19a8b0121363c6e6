#pragma once

#include "cli/dane/check_service.h"
#include "cli/dane/check_text.h"

namespace cli::dane {

/// The verdict of a service that has targets, a list of these, then the check of each.
[[nodiscard]] std::string text_of(const CheckJob& job, const CheckedService& service,
                                  const Telling& telling, std::chrono::sys_seconds now);

}  // namespace cli::dane

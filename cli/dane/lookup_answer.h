#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/dane/command.h"
#include "cli/terminal.h"
#include "resolver/host.h"

namespace cli::dane {

/// What was asked, and what was answered, as far as it got.
struct LookupAnswer {
  dns::Name name;
  std::uint16_t port = 0;
  std::optional<resolver::Host> host;
  policy::DnsFacts facts;
  std::optional<base::Error> error;
  std::string advice;  ///< where nobody answered: who was asked, and what may help
};

/// The exit status: only records that are secure are fine; denied or insecure ones are
/// findings; what could not be looked up ends as its error does.
[[nodiscard]] Outcome outcome_of(const LookupAnswer& lookup);

/// The object of `dane lookup --json` (docs/json.md), with its line end.
[[nodiscard]] std::string json_of(const LookupAnswer& lookup,
                                  std::chrono::sys_seconds now);

/// What was answered, for people; the host must have been found.
[[nodiscard]] std::string text_of(const LookupAnswer& lookup, const Paint& paint,
                                  std::chrono::sys_seconds now);

}  // namespace cli::dane

#pragma once

#include <optional>
#include <string>

#include "cli/dane/check_host.h"

namespace cli::dane {

/// What a command says at its end: as JSON, or to people.
struct Output {
  Outcome outcome = Outcome::undecided;
  std::string json;
  std::string text;
  std::optional<base::Error> instead;  ///< of a text, which would say no more
};

/// Checks the host or the service of the job, and tells it.
[[nodiscard]] Output check_output(const Surroundings& here, resolver::Resolver& resolver,
                                  const CheckJob& job);

}  // namespace cli::dane

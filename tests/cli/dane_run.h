// A subcommand of dane, run within a test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/dane/command.h"

namespace cli::testing {

/// The command line of a subcommand; it has to be one.
[[nodiscard]] inline dane::Arguments arguments(const dane::Command& command,
                                               const std::vector<std::string>& words) {
  const std::vector<Option> options = options_of(command);
  auto out = dane::Arguments::parse(words, options);
  if (!out) throw std::invalid_argument(out.error().detail);
  return std::move(*out);
}

/// How a subcommand ended, and what it printed.
struct Ran {
  base::Result<dane::Outcome> outcome;
  std::string text;
};

[[nodiscard]] inline Ran run(const dane::Command& command,
                             const std::vector<std::string>& words) {
  const auto line = arguments(command, words);
  ::testing::internal::CaptureStdout();
  auto outcome = command.run(line);
  std::fflush(stdout);
  return {std::move(outcome), ::testing::internal::GetCapturedStdout()};
}

/// The variables that say how to resolve, taken away for the time of a test.
class CleanEnvironment : public ::testing::Test {
 protected:
  CleanEnvironment() {
    for (const char* name :
         {"DANE_TRUST_ANCHOR", "DANE_AUTO_TRUST_ANCHOR", "DANE_FORWARD", "DNSCACHEIP",
          "DANE_UNBOUND_CONF", "DANE_DNS_TIMEOUT"}) {
      unsetenv(name);
    }
  }
};

}  // namespace cli::testing

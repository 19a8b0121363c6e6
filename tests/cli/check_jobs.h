#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/dane/check_job.h"
#include "tests/cli/dane_run.h"

namespace cli::testing {

/// The job that `dane check` with these words is.
inline base::Result<dane::CheckJob> check_job_of(const std::vector<std::string>& words) {
  return dane::check_job(arguments(dane::kCheck, words));
}

/// Why `dane check` refuses these words, as bad usage; empty if it takes them.
inline std::string check_refusal(const std::vector<std::string>& words) {
  const auto out = check_job_of(words);
  if (out) return "";
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
  return out.error().detail;
}

}  // namespace cli::testing

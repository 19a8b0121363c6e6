// What tests of DANE-TA expect of a chain.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {

inline constexpr const char* kHost = "mail.example.org";

inline void expect_proved(const Verdict& verdict, std::size_t depth) {
  EXPECT_EQ(verdict.outcome, Outcome::dane)
      << to_text(verdict.reason) << ": " << verdict.detail;
  EXPECT_EQ(verdict.depth, depth);
  EXPECT_EQ(verdict.matched_name, kHost);
}

inline void expect_rejected(const Verdict& verdict, Reason reason) {
  EXPECT_EQ(verdict.outcome, Outcome::rejected) << verdict.detail;
  EXPECT_EQ(verdict.reason, reason) << to_text(verdict.reason) << ": " << verdict.detail;
  EXPECT_FALSE(verdict.record.has_value());
}

}  // namespace verify

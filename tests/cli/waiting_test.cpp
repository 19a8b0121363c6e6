#include "cli/waiting.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

using namespace std::chrono_literals;

TEST(Waiting, SaysWhatForAndHowLong) {
  EXPECT_EQ(waiting_words("mx.example.org [192.0.2.25]: connecting", 4s, 79),
            "mx.example.org [192.0.2.25]: connecting… 4 s");
}

TEST(Waiting, FitsTheTerminalAndKeepsTheSeconds) {
  EXPECT_EQ(waiting_words("mx.example.org: connecting", 12s, 20), "mx.example.org… 12 s");
  EXPECT_EQ(waiting_words("mx.example.org", 12s, 3), "… 12 s");
}

}  // namespace
}  // namespace cli

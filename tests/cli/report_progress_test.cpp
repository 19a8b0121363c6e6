#include <gtest/gtest.h>

#include "cli/dane/audit/progress.h"

namespace cli::report {
namespace {

using namespace std::chrono_literals;

Tally enforced(int count) {
  Tally out;
  out.grades.at(0) = static_cast<std::uint64_t>(count);
  return out;
}

TEST(Progress, TellsHowFarARunIsAndWhatIsLeft) {
  EXPECT_EQ(progress_in_words(enforced(20), {20, 8, 10s}, 40),
            "20 of 40 domains, 2/s, 8 in flight, 10 s left: 20 protected");
}

TEST(Progress, OfOneDomainIsHowLongItTakes) {
  EXPECT_EQ(progress_in_words({}, {0, 1, 4s}, 1), "waiting for answers, 4 s");
}

TEST(Progress, TheRateIsThatOfThisRun) {
  EXPECT_EQ(progress_in_words(enforced(30), {10, 8, 10s}, 40),
            "30 of 40 domains, 1/s, 8 in flight, 10 s left: 30 protected");
}

TEST(Progress, SaysNothingOfTheEndWhereThatIsNotKnown) {
  EXPECT_EQ(progress_in_words(enforced(20), {20, 8, 10s}, std::nullopt),
            "20 domains, 2/s, 8 in flight: 20 protected");
  EXPECT_EQ(progress_in_words(enforced(0), {0, 8, 10s}, 40),
            "0 of 40 domains, 0/s, 8 in flight: nothing");
  EXPECT_EQ(progress_in_words(enforced(40), {40, 0, 10s}, 40),
            "40 of 40 domains, 4/s, 0 in flight: 40 protected");
}

TEST(Progress, NoTimePassedDividesByNothing) {
  EXPECT_EQ(progress_in_words(enforced(1), {1, 0, 0s}, std::nullopt),
            "1 domain, 1000/s, 0 in flight: 1 protected");
}

}  // namespace
}  // namespace cli::report

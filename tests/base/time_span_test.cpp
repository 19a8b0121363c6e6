#include "src/base/time_span.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using std::chrono::seconds;

constexpr long kMinute = 60, kHour = 3600, kDay = 86400;

std::string in_words(long count) { return span_in_words(seconds(count)); }
std::string in_short(long count) { return span_in_short(seconds(count)); }

TEST(TimeSpan, IsToldInTheLargestUnitThatThereAreTwoOf) {
  EXPECT_EQ(in_short(0), "0 s");
  EXPECT_EQ(in_short(119), "119 s");
  EXPECT_EQ(in_short(120), "2 min");
  EXPECT_EQ(in_short(2 * kHour), "2 h");
  EXPECT_EQ(in_short(2 * kDay), "2 d");
  EXPECT_EQ(in_short(-119), "-119 s");
  EXPECT_EQ(in_short(-120), "-2 min");
  EXPECT_EQ(in_short(-2 * kHour), "-2 h");
  EXPECT_EQ(in_short(-2 * kDay), "-2 d");
  EXPECT_EQ(in_words(119), "119 seconds");
  EXPECT_EQ(in_words(14 * kDay), "14 days");
}

TEST(TimeSpan, IsRoundedToTheNearestUnit) {
  EXPECT_EQ(in_words(30 * kDay - 1), "30 days");
  EXPECT_EQ(in_words(30 * kDay - kDay / 2), "30 days");
  EXPECT_EQ(in_words(30 * kDay - kDay / 2 - 1), "29 days");
  EXPECT_EQ(in_words(-(30 * kDay - 1)), "-30 days");
  EXPECT_EQ(in_words(-(29 * kDay + 1)), "-29 days");
  EXPECT_EQ(in_short(2 * kHour - 1), "120 min");
  EXPECT_EQ(in_short(150), "3 min");
}

TEST(TimeSpan, OfLessThanTwoDaysHasHours) {
  EXPECT_EQ(in_words(2 * kDay), "2 days");
  EXPECT_EQ(in_words(2 * kDay - 1), "48 hours");
  EXPECT_EQ(in_words(36 * kHour + kMinute), "36 hours");
  EXPECT_EQ(in_words(kDay - 1), "24 hours");
}

TEST(TimeSpan, ThatIsExactlyOneUnitIsThat) {
  EXPECT_EQ(in_words(kDay), "1 day");
  EXPECT_EQ(in_words(kHour), "1 hour");
  EXPECT_EQ(in_words(kMinute), "1 minute");
  EXPECT_EQ(in_words(1), "1 second");
}

}  // namespace
}  // namespace base

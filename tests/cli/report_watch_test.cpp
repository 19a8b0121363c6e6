#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "cli/dane/audit/watch.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using namespace std::chrono_literals;

/// The local time of a place, for the time of a test.
class WatchBegins : public ::testing::Test {
 protected:
  static void place(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  ~WatchBegins() override {
    unsetenv("TZ");
    tzset();
  }
  static constexpr auto kNoon = cli::testing::kDone;  // 2026-06-01T12:00:00Z
};

TEST_F(WatchBegins, SaysHowManyDomainsAndWhenItLooksAgain) {
  place("UTC0");
  EXPECT_EQ(watch_begins(2, kNoon, 1h), "watching 2 domains, next round 13:00");
  EXPECT_EQ(watch_begins(1, kNoon, 90s), "watching 1 domain, next round 12:01");
}

TEST_F(WatchBegins, AnotherDayIsNamed) {
  place("UTC0");
  EXPECT_EQ(watch_begins(2, kNoon, 12h),
            "watching 2 domains, next round 2026-06-02 00:00");
  EXPECT_EQ(watch_begins(2, kNoon, 365 * 24h),
            "watching 2 domains, next round 2027-06-01 12:00");
}

TEST_F(WatchBegins, TheTimeIsTheLocalOne) {
  place("EST5");
  EXPECT_EQ(watch_begins(2, kNoon, 12h), "watching 2 domains, next round 19:00");
}

}  // namespace
}  // namespace cli::report

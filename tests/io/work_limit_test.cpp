#include "src/io/work_limit.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>

namespace io {
namespace {

using std::chrono::seconds;

/// Computes for so long, as the process's own clock has it.
void compute(std::chrono::milliseconds time) {
  const std::clock_t end = std::clock() + time.count() * CLOCKS_PER_SEC / 1000;
  while (std::clock() < end) {
  }
}

[[noreturn]] void compute_for_ever() {
  for (;;) compute(std::chrono::milliseconds(100));
}

TEST(WorkLimitDeathTest, EndsAProgramThatComputesForTooLong) {
  EXPECT_EXIT(
      {
        limit_work(seconds(1), {STDERR_FILENO, "given up\n", 111});
        compute_for_ever();
      },
      testing::ExitedWithCode(111), "given up");
}

TEST(WorkLimitDeathTest, WaitingIsNoWork) {
  EXPECT_EXIT(
      {
        limit_work(seconds(1), {STDERR_FILENO, "given up\n", 111});
        sleep(2);
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST(WorkLimitDeathTest, CountsAnewAndCanBeLifted) {
  EXPECT_EXIT(
      {
        limit_work(seconds(1), {STDERR_FILENO, "given up\n", 111});
        compute(std::chrono::milliseconds(700));
        renew_work();
        compute(std::chrono::milliseconds(700));
        lift_work_limit();
        compute(std::chrono::milliseconds(1300));
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST(WorkLimitDeathTest, RenewingSetsNoLimitWhereThereWasNone) {
  EXPECT_EXIT(
      {
        renew_work();
        lift_work_limit();
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace io

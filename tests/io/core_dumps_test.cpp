#include "src/io/core_dumps.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace {

/// What `body` returns in a process of its own.
int in_a_process(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

rlim_t soft_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_CORE, &limit);
  return limit.rlim_cur;
}

void start_with(rlim_t soft) {
  rlimit limit{};
  getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = soft;
  setrlimit(RLIMIT_CORE, &limit);
}

TEST(CoreDumps, AreNotMade) {
  EXPECT_EQ(in_a_process([] {
              io::forbid_core_dumps();
              return soft_limit() == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1;
            }),
            0);
}

TEST(CoreDumps, AreAsTheyWereForAProgramThatIsStarted) {
  EXPECT_EQ(in_a_process([] {
              start_with(0);
              rlimit limit{};
              getrlimit(RLIMIT_CORE, &limit);
              const rlim_t before = limit.rlim_max == 0 ? 0 : 1;
              start_with(before);
              io::forbid_core_dumps();
              io::forbid_core_dumps();  // more than one key
              bool good = soft_limit() == 0;
              {
                const io::LentCoreLimit lent;
                good = good && soft_limit() == before;
              }
              return good && soft_limit() == 0 ? 0 : 1;
            }),
            0);
}

TEST(CoreDumps, AreLeftAloneWhereNothingWasForbidden) {
  const rlim_t before = soft_limit();
  {
    const io::LentCoreLimit lent;
    EXPECT_EQ(soft_limit(), before);
  }
  EXPECT_EQ(soft_limit(), before);
}

}  // namespace
